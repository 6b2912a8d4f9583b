import { expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { WORKSPACE } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

const CREATE = "POST /users/me/keys/tokens";
const HOUR_NANOSECONDS = 3_600_000_000_000;
const ANSWERS = {
  [CREATE]: { key: "the-new-token" },
  "GET /users/me/keys/tokens/tokenconfig": { max_token_lifetime: 24 * HOUR_NANOSECONDS },
  "GET /users/me/workspace/dev": WORKSPACE,
};

test("prints the token and nothing else on stdout", async () => {
  await using api = await startFakeApi(ANSWERS);
  const args = ["--name", "ci", "--scope", "workspace:read,workspace:start", "--allow", "workspace:dev", "--lifetime", "1h"];
  expect(await api.run(["tokens", "create", ...args])).toMatchObject({ code: 0, stdout: "the-new-token\n" });
  const body = {
    token_name: "ci",
    scopes: ["workspace:read", "workspace:start"],
    allow_list: [`workspace:${WORKSPACE.id}`],
    lifetime: HOUR_NANOSECONDS,
  };
  expect(api.changes()).toEqual([[CREATE, body]]);
});

test("lives as long as it may where no lifetime is named", async () => {
  await using api = await startFakeApi(ANSWERS);
  await api.run(["tokens", "create"]);
  expect(api.changes()).toEqual([[CREATE, { lifetime: 24 * HOUR_NANOSECONDS }]]);
});

test("leaves the lifetime to the server when a token makes a token: its boundary counts", async () => {
  await using api = await startFakeApi(ANSWERS);
  await api.run(["tokens", "create", "--token", `aB3dE5gH7j-${formatSecret("token")}`]);
  expect(api.changes()).toEqual([[CREATE, {}]]);
});

test("says of an option what the server says of its field, and which was a default", async () => {
  const validations = [
    { field: "lifetime", detail: "too long" },
    { field: "scopes[0]", detail: "too wide" },
  ];
  await using api = await startFakeApi({ ...ANSWERS, [CREATE]: refuse(400, "Failed.", { validations }) });
  const { code, stdout, stderr } = await api.run(["tokens", "create", "--lifetime", "1y"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: Failed\.\n\t--lifetime: too long\n\t--scope: too wide .*default/);
});

for (const { args, says } of [
  { args: ["--allow", "workspace:ghost"], says: /"ghost"[\s\S]*workspace:<uuid>/ },
  { args: ["--lifetime", "0h"], says: /--lifetime/ },
]) {
  test(`makes none with ${args.join(" ")}`, async () => {
    await using api = await startFakeApi(ANSWERS);
    expect(await api.run(["tokens", "create", ...args])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
    expect(api.changes()).toEqual([]);
  });
}
