import { expect, test } from "vitest";
import { API_KEY } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const LIST = "GET /users/me/keys/tokens";
const NARROW = {
  ...API_KEY,
  id: "Aa00000000",
  token_name: "dev",
  username: "ada",
  allow_list: [
    { type: "workspace", id: "b" },
    { type: "workspace", id: "a" },
  ],
};

test("shows what each token may do, by id", async () => {
  await using api = await startFakeApi({ [LIST]: [API_KEY, NARROW] });
  const { code, stdout } = await api.run(["tokens", "list", "-c", "name,scopes,allow list,last used,expires at"]);
  expect({ code, lines: stdout.split("\n") }).toEqual({
    code: 0,
    lines: [
      expect.stringMatching(/^NAME +SCOPES +ALLOW LIST +LAST USED +EXPIRES AT$/),
      expect.stringMatching(/^dev +template:read, workspace:read +workspace:a, workspace:b +never +2026-02-01T00:00:00Z$/),
      expect.stringMatching(/^ci +template:read, workspace:read +\*:\* +never +2026-02-01T00:00:00Z$/),
      "",
    ],
  });
});

test("asks for everyone's and for expired ones, and shows whose they are", async () => {
  await using api = await startFakeApi({ [LIST]: [NARROW] });
  const { stdout } = await api.run(["token", "ls", "--all", "--include-expired"]);
  expect(stdout).toMatch(/OWNER\n.* ada\n$/);
  expect(api.queryOf(LIST)).toMatchObject({ include_all: "true", include_expired: "true" });
});

test("prints no table without tokens", async () => {
  await using api = await startFakeApi({ [LIST]: [] });
  expect(await api.run(["tokens", "list"])).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/./) });
});
