import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { ADA } from "#test/cli/canned.ts";
import { refuse, startFakeApi, TOKEN } from "#test/cli/fake-api.ts";

const API_TOKEN = `aB3dE5gH7j-${formatSecret("token")}`;
const HELD = { scope: { names: ["workspace:read", "template:read"], allow_list: ["workspace:*"] }, ceilings: [{}, {}] };
const asToken = { env: { CODER_SESSION_TOKEN: API_TOKEN } };

test("says who one is and where, asking no more than that of a session", async () => {
  await using api = await startFakeApi({ "GET /users/me": ADA });
  const { code, stdout } = await api.run(["whoami"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(new RegExp(`${api.url}.*ada`)) });
  expect(api.asked).toMatchObject([{ request: "GET /users/me", token: TOKEN }]);
});

test("says what a token may do, and that others bound it", async () => {
  await using api = await startFakeApi({ "GET /users/me": ADA, "POST /authcheck/explain": HELD });
  const { stdout } = await api.run(["whoami"], asToken);
  expect(stdout).toMatch(/ada[\s\S]*template:read, workspace:read.*workspace:\*[\s\S]*2 tokens/);
});

test("serves a token that may not read its own user", async () => {
  await using api = await startFakeApi({ "GET /users/me": refuse(403, "Forbidden."), "POST /authcheck/explain": HELD });
  const { code, stdout } = await api.run(["whoami", "-o", "json"], asToken);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([{ url: api.url, scopes: HELD.scope.names, allow_list: HELD.scope.allow_list }]);
});

test("prints a table", async () => {
  await using api = await startFakeApi({ "GET /users/me": ADA });
  expect((await api.run(["whoami", "-o", "table"])).stdout).toMatch(new RegExp(`^URL +USERNAME +ID\n${api.url} +ada +${ADA.id}\n$`));
});

test("tells whoever is logged in no more how to log in", async () => {
  await using api = await startFakeApi({ "GET /users/me": refuse(401, "The session has ended.") });
  const { code, stderr } = await api.run(["whoami"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: The session has ended\.\n.*`proviso login <url>`/) });
});
