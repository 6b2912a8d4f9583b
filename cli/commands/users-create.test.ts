import { expect, test } from "vitest";
import { ADA, IN_MOON, ORGANIZATION } from "#test/cli/canned.ts";
import { refuse, startFakeApi } from "#test/cli/fake-api.ts";

const ANSWERS = { ...IN_MOON, "POST /users": ADA };
const IDENTITY = { username: "ada", email: "ada@example.com", organization_ids: [ORGANIZATION.id] };

for (const { what, args, env, body } of [
  {
    what: "with a password from the environment",
    args: ["--full-name", "Ada Lovelace", "--role", "auditor,user-admin"],
    env: { PROVISO_NEW_USER_PASSWORD: "correct horse" },
    body: { login_type: "password", password: "correct horse", name: "Ada Lovelace", roles: ["auditor", "user-admin"] },
  },
  { what: "without a password, for tokens only", args: ["--login-type", "none"], env: {}, body: { login_type: "none" } },
]) {
  test(`makes a user ${what}, and prints no password`, async () => {
    await using api = await startFakeApi(ANSWERS);
    const { code, stdout } = await api.run(["users", "create", "-u", "ada", "-e", "ada@example.com", ...args], { env });
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/correct horse|password:/);
    expect(api.changes()).toEqual([["POST /users", { ...IDENTITY, ...body }]]);
  });
}

test("makes up a password, shows it this once, and says how to log in with it", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { stdout } = await api.run(["users", "create", "-u", "ada", "-e", "ada@example.com"]);
  const [, password] = /password: ([\w-]{24})$/m.exec(stdout) ?? [];
  expect(api.changes()).toEqual([["POST /users", { ...IDENTITY, login_type: "password", password }]]);
  expect(stdout).toContain(`proviso login ${api.url} --email ada@example.com`);
});

test("asks for what no option says, until it is a name", async () => {
  await using api = await startFakeApi(ANSWERS);
  const { code } = await api.run(["users", "create"], { input: "a b\nada\n\nada@example.com\n" });
  expect(code).toBe(0);
  expect(api.changes()).toMatchObject([["POST /users", IDENTITY]]);
});

test("prints what the server says of each field", async () => {
  const validations = [{ field: "username", detail: "already taken" }];
  await using api = await startFakeApi({ ...ANSWERS, "POST /users": refuse(409, "User already exists.", { validations }) });
  const { code, stderr } = await api.run(["users", "create", "-u", "ada", "-e", "a@b.c"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "error: User already exists.\n\tusername: already taken\n" });
});
