import { expect, test } from "vitest";
import { API_KEY } from "#test/cli/canned.ts";
import { startFakeApi } from "#test/cli/fake-api.ts";

const TOKEN_AT = "/users/me/keys/tokens/ci";
const BOUND = { ...API_KEY, boundary: { scopes: ["workspace:read"] } };
const ANSWERS = { [`GET ${TOKEN_AT}`]: BOUND, [`PATCH ${TOKEN_AT}`]: BOUND };

for (const { args, body } of [
  { args: ["--scope", "template:read", "--lifetime", "1s"], body: { scopes: ["template:read"], lifetime: 1_000_000_000 } },
  { args: ["--description", ""], body: { description: "" } },
  { args: ["--boundary-allow", "workspace:*"], body: { boundary: { scopes: ["workspace:read"], allow_list: ["workspace:*"] } } },
  { args: ["--no-boundary"], body: { boundary: {} } },
]) {
  test(`tokens update ci ${args.join(" ")} sends what was named, and nothing else`, async () => {
    await using api = await startFakeApi(ANSWERS);
    const { code, stdout } = await api.run(["tokens", "update", "ci", ...args]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ci.*template:read, workspace:read.*\*:\*.*2026-02-01T00:00:00Z[\s\S]*workspace:read/);
    expect(api.changes()).toEqual([[`PATCH ${TOKEN_AT}`, body]]);
  });
}

for (const { what, args, key, says } of [
  { what: "nothing", args: [], key: BOUND, says: "--scope" },
  { what: "a boundary that is there and is not", args: ["--no-boundary", "--boundary-scope", "all"], key: BOUND, says: "--no-boundary" },
  { what: "a session", args: ["--scope", "all"], key: { ...API_KEY, login_type: "password" }, says: API_KEY.id },
]) {
  test(`refuses to change ${what}`, async () => {
    await using api = await startFakeApi({ ...ANSWERS, [`GET ${TOKEN_AT}`]: key });
    const { code, stderr } = await api.run(["tokens", "update", "ci", ...args]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: /) });
    expect(stderr).toContain(says);
    expect(api.changes()).toEqual([]);
  });
}
