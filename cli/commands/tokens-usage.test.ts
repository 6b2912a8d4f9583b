import { expect, test } from "vitest";
import { API_KEY } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const TOKEN_AT = "/users/me/keys/tokens/ci";
const USED = {
  scope: "workspace:read",
  count: 12,
  first_used_at: "2026-01-01T00:00:00Z",
  last_used_at: "2026-01-02T00:00:00.25Z",
  objects: ["", "a", "b", "c", "*"].map((id) => ({ id })),
  addresses: [{ address: "10.0.0.1" }],
};
const usage = (suggestion: object, scopes: readonly object[] = [USED]) => ({ days: 7, scopes, suggestion });

async function run(answer: object, ...args: string[]) {
  await using api = await startFakeApi({ [`GET ${TOKEN_AT}`]: API_KEY, [`GET ${TOKEN_AT}/usage`]: answer });
  const run = await api.run(["tokens", "usage", "ci", "--days", "7", ...args]);
  expect(api.queryOf(`GET ${TOKEN_AT}/usage`)?.days).toBe("7");
  return run;
}

test("shows what was used, and the command for the least that would have been enough", async () => {
  const allowList = [{ type: "workspace", id: "*" }];
  const { code, stdout } = await run(usage({ scopes: ["workspace:read"], allow_list: allowList }));
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nworkspace:read +12 +2026-01-02T00:00:00Z +[^,]+, a, b and 2 more +10\.0\.0\.1\n/);
  expect(stdout).toContain("\n  proviso tokens update ci --scope workspace:read --allow 'workspace:*'\n");
});

for (const { what, suggestion } of [
  { what: "all that the token has", suggestion: { scopes: API_KEY.scopes.toReversed(), allow_list: API_KEY.allow_list } },
  { what: "nothing that it may still do", suggestion: { scopes: [], allow_list: [] } },
]) {
  test(`suggests no command when what was used is ${what}`, async () => {
    const { code, stdout } = await run(usage(suggestion));
    expect(code).toBe(0);
    expect(stdout).not.toContain("proviso tokens update");
  });
}

test("prints no table of an unused token, but the JSON of the API", async () => {
  const unused = usage({ scopes: [], allow_list: [] }, []);
  expect(await run(unused)).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("7 days") });
  expect(JSON.parse((await run(unused, "-o", "json")).stdout)).toEqual(unused);
});
