import { expect, test } from "vitest";
import { startFakeApi } from "#test/cli/fake-api.ts";

const scope = (name: string, kind: string) => ({
  name,
  kind,
  description: `about ${name}`,
  permissions: ["workspace.read"],
  defaults: [],
  endpoints: [{ method: "GET", path: "/api/v2/workspaces" }],
});
const CATALOG = { "GET /auth/scopes/catalog": { scopes: [scope("workspace:read", "low_level"), scope("coder:all", "special")] } };

test("lists the scopes with a text in their name, without sending the session", async () => {
  await using api = await startFakeApi(CATALOG);
  const { code, stdout } = await api.run(["scopes", "list", "workspace"]);
  expect({ code, lines: stdout.split("\n") }).toEqual({
    code: 0,
    lines: [expect.stringMatching(/^NAME +KIND +MEANING$/), expect.stringMatching(/^workspace:read +low-level +about workspace:read$/), ""],
  });
  expect(api.asked).toMatchObject([{ token: undefined }]);
});

test("--expand shows the permissions, -c the endpoints", async () => {
  await using api = await startFakeApi(CATALOG);
  expect((await api.run(["scope", "ls", "--expand"])).stdout).toMatch(/PERMISSIONS\n.* workspace\.read\n/);
  expect((await api.run(["scopes", "list", "coder", "-c", "endpoints"])).stdout).toBe("ENDPOINTS\nGET /api/v2/workspaces\n");
});

test("fails if no name has the text in it, but in JSON that is an empty list", async () => {
  await using api = await startFakeApi(CATALOG);
  expect(await api.run(["scopes", "list", "moon"])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^error: .*"moon"/),
  });
  expect(await api.run(["scopes", "list", "moon", "-o", "json"])).toMatchObject({ code: 0, stdout: "[]\n" });
});
