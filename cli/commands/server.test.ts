import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "#test/cli/run-cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-server-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

for (const { args, env, says } of [
  { args: ["--database", "mysql://root:hunter2@db/x"], says: /^error: .*postgres:\/\// },
  { args: ["--postgres-url", "hunter2"], says: /^error: .*postgres:\/\// },
  { args: ["--provisioner-daemons=-1"], says: /at least 0/ },
  { args: ["--provisioner-job-lease", "4s"], says: /at least 5s/ },
  { args: ["--max-token-lifetime", "forever"], says: /duration/ },
  { args: ["--log-format", "xml"], says: /human, json/ },
  { args: [], env: { CODER_DEFAULT_TOKEN_LIFETIME: "0s" }, says: /CODER_DEFAULT_TOKEN_LIFETIME.*at least 1s/ },
  { args: [], env: { CODER_EXTERNAL_AUTH_0_TYPE: "github" }, says: /^error: .*CODER_EXTERNAL_AUTH_0_CLIENT_ID/ },
]) {
  test(`does not start with ${args.join(" ") || Object.entries(env ?? {}).join()}, and leaves nothing behind`, async () => {
    const { code, stdout, stderr } = await runCli(["server", "--data-dir", join(folder, "data"), ...args], { env: env ?? {} });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
    expect(stderr).not.toContain("hunter2");
    expect(await readdir(folder)).toEqual([]);
  });
}

test("fails where its data cannot be kept", async () => {
  await writeFile(join(folder, "data"), "a file");
  const { code, stderr } = await runCli(["server", "--data-dir", join(folder, "data")]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*data/) });
});
