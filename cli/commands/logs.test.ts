import { expect, test } from "vitest";
import { BUILD, BUILD_ENDS_WELL, JOB, LOG_LINE, WORKSPACE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const OLDER = { ...BUILD, id: "55555555-0000-4000-8000-000000000002", build_number: 2 };
const DEBUG_LINE = { ...LOG_LINE, id: 2, log_level: "debug", output: "details" };
const ANSWERS = {
  "GET /users/me/workspace/dev": WORKSPACE,
  "GET /users/ada/workspace/dev/builds/2": OLDER,
  [`GET /workspacebuilds/${BUILD.id}/logs`]: [LOG_LINE, DEBUG_LINE],
  [`GET /workspacebuilds/${OLDER.id}/logs`]: [{ ...LOG_LINE, output: "of the older one" }],
};

for (const { verbose, shown } of [
  { verbose: [], shown: ["applied"] },
  { verbose: ["--verbose"], shown: ["applied", "details"] },
]) {
  test(`logs ${verbose.join(" ")} shows the newest build's ${shown.join(" and ")}`, async () => {
    await using api = await startFakeApi(ANSWERS);
    const { code, stdout } = await api.run(["logs", "dev", ...verbose]);
    expect(code).toBe(0);
    expect(stdout.split("\n").flatMap((line) => /^\d.* (\w+)$/.exec(line)?.[1] ?? [])).toEqual(shown);
    expect(stdout).toContain("=== ✔ Starting workspace [1000ms]");
  });
}

for (const number of ["2", "-1"]) {
  test(`-n ${number} is the build before the newest`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect(await api.run(["logs", "dev", "-n", number])).toMatchObject({ code: 0, stdout: expect.stringContaining("of the older one") });
  });
}

for (const { number, says } of [
  { number: "-3", says: /^error: .*dev.*3 builds/ },
  { number: "9", says: /^error: .*9[\s\S]*3/ },
  { number: "two", says: /whole number[\s\S]*proviso logs --help/ },
]) {
  test(`-n ${number} is none`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect(await api.run(["logs", "dev", "-n", number])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
  });
}

test("--follow goes on until the build has ended", async () => {
  const { completed_at: _, ...running } = { ...JOB, status: "running" };
  const latest = { ...BUILD, job: running };
  await using api = await startFakeApi({ "GET /users/me/workspace/dev": { ...WORKSPACE, latest_build: latest }, ...BUILD_ENDS_WELL });
  expect(await api.run(["logs", "-f", "dev"])).toMatchObject({ code: 0, stdout: expect.stringContaining(" applied\n") });
});
