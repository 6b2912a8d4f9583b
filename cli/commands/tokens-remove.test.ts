import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { API_KEY } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const KEY_AT = `/users/me/keys/${API_KEY.id}`;
const ANSWERS = { "GET /users/me/keys/tokens/ci": API_KEY, [`PUT ${KEY_AT}/expire`]: {}, [`DELETE ${KEY_AT}`]: {} };

for (const { args, request, cascade } of [
  { args: ["remove", "ci"], request: `PUT ${KEY_AT}/expire`, cascade: undefined },
  { args: ["rm", "ci", "--no-cascade"], request: `PUT ${KEY_AT}/expire`, cascade: "false" },
  { args: ["delete", "ci", "--delete", "--cascade"], request: `DELETE ${KEY_AT}`, cascade: "true" },
]) {
  test(`tokens ${args.join(" ")}`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect(await api.run(["tokens", ...args])).toMatchObject({ code: 0, stdout: expect.stringContaining("ci"), stderr: "" });
    expect(api.changes()).toEqual([[request, undefined]]);
    expect(api.queryOf(request)?.cascade).toBe(cascade);
  });
}

test("ends a pasted token without looking it up, and prints no more than its id", async () => {
  const token = `${API_KEY.id}-${formatSecret("token")}`;
  await using api = await startFakeApi(ANSWERS);
  const { code, stdout } = await api.run(["tokens", "remove", token]);
  expect(code).toBe(0);
  expect(stdout).toContain(API_KEY.id);
  expect(stdout).not.toContain(token.slice(15));
  expect(api.asked.map(({ request }) => request)).toEqual([`PUT ${KEY_AT}/expire`]);
});

test("names the token that is not there, and where to look for one", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code, stderr } = await api.run(["tokens", "remove", "ghost"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: .*"ghost"[\s\S]*`proviso tokens list`/) });
  expect(api.changes()).toEqual([]);
});
