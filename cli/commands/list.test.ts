import { expect, test } from "vitest";
import { WORKSPACE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const stopped = {
  ...WORKSPACE,
  name: "old",
  latest_build: { ...WORKSPACE.latest_build, status: "stopped" },
  outdated: true,
  ttl_ms: 7_200_000,
};

test("shows one's own workspaces, and health only of those that run", async () => {
  await using api = await startFakeApi({ "GET /workspaces": { workspaces: [WORKSPACE, stopped], count: 2 } });
  const { code, stdout } = await api.run(["list", "-c", "workspace,status,healthy,outdated,stops after"]);
  expect({
    code,
    lines: stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
  }).toEqual({
    code: 0,
    lines: [
      ["WORKSPACE", "STATUS", "HEALTHY", "OUTDATED", "STOPS AFTER"],
      ["ada/dev", "running", "true", "false"],
      ["ada/old", "stopped", "true", "2h"],
    ],
  });
  expect(api.queryOf("GET /workspaces")?.q).toBe("owner:me");
});

for (const { what, args, q } of [
  { what: "everyone's with --all", args: ["--all"], q: "" },
  { what: "those that a search names", args: ["--search", "template:docker"], q: "template:docker" },
]) {
  test(`asks for ${what}`, async () => {
    await using api = await startFakeApi({ "GET /workspaces": { workspaces: [WORKSPACE], count: 1 } });
    expect((await api.run(["list", ...args])).code).toBe(0);
    expect(api.queryOf("GET /workspaces")?.q ?? "").toBe(q);
  });
}

test("prints no table without workspaces, but JSON that is an empty list", async () => {
  await using api = await startFakeApi({ "GET /workspaces": { workspaces: [], count: 0 } });
  expect(await api.run(["list"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("`proviso create <name>`") });
  expect(await api.run(["ls", "-o", "json"])).toMatchObject({ code: 0, stdout: "[]\n", stderr: "" });
});
