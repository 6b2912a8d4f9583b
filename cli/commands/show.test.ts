import { expect, test } from "vitest";
import { AGENT, RESOURCE, WORKSPACE } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

test("shows resources with their agents, and how the agents do", async () => {
  await using api = await startFakeApi({ "GET /users/me/workspace/dev": WORKSPACE });
  const { code, stdout } = await api.run(["show", "dev"]);
  const [head, ...tree] = stdout.trimEnd().split("\n");
  expect(code).toBe(0);
  expect(head).toMatch(/ada\/dev.*running.*3.*docker.*calm_otter/);
  expect(tree).toEqual([`${RESOURCE.type}.${RESOURCE.name}`, `└─ ${AGENT.name} (linux, amd64)  connected, ready, v1.2.3`]);
});

for (const { name, path } of [
  { name: "bob/dev", path: "/users/bob/workspace/dev" },
  { name: WORKSPACE.id, path: `/workspaces/${WORKSPACE.id}` },
]) {
  test(`looks up ${name}, and prints the API's own JSON`, async () => {
    await using api = await startFakeApi({ [`GET ${path}`]: WORKSPACE });
    const { code, stdout } = await api.run(["show", name, "-o", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(WORKSPACE);
  });
}

test("names the workspace that is not there", async () => {
  await using api = await startFakeApi({});
  expect(await api.run(["show", "ghost"])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: .*"ghost"/) });
});

test("refuses what cannot be a name, and asks nothing", async () => {
  await using api = await startFakeApi({});
  expect(await api.run(["show", "a/b/c"])).toMatchObject({ code: 1, stderr: expect.stringContaining('"a/b/c"') });
  expect(api.asked).toEqual([]);
});
