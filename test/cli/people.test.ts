import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "#sdk/client.ts";
import { type CliServer, startCliServer } from "./cli-server.ts";
import { runCli } from "./run-cli.ts";

let server: CliServer;
beforeAll(async () => {
  server = await startCliServer(0);
});
afterAll(() => server?.[Symbol.asyncDispose]());

async function makeUser(name: string, ...args: string[]): Promise<{ readonly email: string; readonly password: string }> {
  const email = `${name}@example.com`;
  const run = await server.run(["users", "create", "-u", name, "-e", email, ...args]);
  if (run.code !== 0) throw new Error(run.stderr);
  return { email, password: /^ {2}password: (\S+)$/m.exec(run.stdout)?.[1] ?? "" };
}

test("makes a user with a password of its own, who can log in with it", async () => {
  const { email, password } = await makeUser("grace", "-n", "Grace Hopper", "--role", "auditor");
  expect(password).toMatch(/^[\w-]{24}$/);
  const env = { CODER_CONFIG_DIR: join(server.folder, "grace"), PROVISO_PASSWORD: password };
  expect(await runCli(["login", server.url, "--email", email], { env })).toMatchObject({ code: 0, stderr: "" });
  expect((await runCli(["whoami"], { env })).stdout).toContain("as grace.");
  const shown = await server.run(["users", "show", "grace", "-c", "username,name,email,status,roles"]);
  expect(shown.stdout).toBe(
    `USERNAME  NAME          EMAIL              STATUS  ROLES\ngrace     Grace Hopper  ${email}  active  auditor\n`,
  );
});

test("asks for what is missing, and takes a password that was given without showing it", async () => {
  const run = await server.run(["users", "create"], {
    input: "linus\nlinus@example.com\n",
    env: { PROVISO_NEW_USER_PASSWORD: "a long enough password" },
  });
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).not.toContain("a long enough password");
  await new Client(server.url).logIn({ email: "linus@example.com", password: "a long enough password" });
});

test("makes a user that works with tokens only", async () => {
  const { password } = await makeUser("robot", "--login-type", "none");
  expect(password).toBe("");
  const token = (await server.run(["tokens", "create", "--user", "robot", "--name", "first"])).stdout.trim();
  const me = await runCli(["whoami", "--url", server.url], { env: { CODER_SESSION_TOKEN: token } });
  expect(me).toMatchObject({ code: 0, stdout: expect.stringContaining("as robot.\nYour token has the scopes coder:all on *:*.\n") });
  expect(await server.run(["tokens", "view", "first", "--user", "robot", "-c", "name"])).toMatchObject({
    code: 0,
    stdout: "NAME\nfirst\n",
  });
});

test("lists users, all of them or those that match", async () => {
  await makeUser("barbara");
  const all = await server.run(["users", "list", "-c", "username"]);
  expect(all.stdout).toMatch(/^ada$/m);
  expect(all.stdout).toMatch(/^barbara$/m);
  expect((await server.run(["users", "list", "--search", "barb", "-c", "username"])).stdout).toBe("USERNAME\nbarbara\n");
  expect(JSON.parse((await server.run(["users", "ls", "--search", "barb", "-o", "json"])).stdout)).toMatchObject([{ username: "barbara" }]);
  expect(await server.run(["users", "list", "--search", "nobody"])).toEqual({ code: 0, stdout: "", stderr: "No users found.\n" });
});

test("suspends a user, whose tokens open nothing until it is active again", async () => {
  await makeUser("alan");
  const token = (await server.run(["tokens", "create", "--user", "alan"])).stdout.trim();
  const whoami = () => runCli(["whoami", "--url", server.url], { env: { CODER_SESSION_TOKEN: token } });
  expect(await server.run(["users", "suspend", "alan", "-y"])).toMatchObject({ code: 0, stdout: "Suspended user alan.\n" });
  expect((await whoami()).code).toBe(1);
  expect(await server.run(["users", "activate", "alan"])).toMatchObject({ code: 0, stdout: "Activated user alan.\n" });
  expect((await whoami()).code).toBe(0);
});

test("changes a password, one's own after asking for the present one, and ends what the old one opened", async () => {
  const { email, password } = await makeUser("donald");
  const env = { CODER_CONFIG_DIR: join(server.folder, "donald") };
  const login = (word: string) => runCli(["login", server.url, "--email", email], { env: { ...env, PROVISO_PASSWORD: word } });
  await login(password);
  const strong = "an even longer passphrase";
  const wrong = await runCli(["users", "set-password"], { env, input: `not mine\n${strong}\n${strong}\n` });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: /) });
  const changed = await runCli(["users", "set-password"], { env, input: `${password}\n${strong}\n${strong}\n` });
  expect(changed).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Log in again: proviso login") });
  expect((await runCli(["whoami"], { env })).code).toBe(1);
  expect((await login(strong)).code).toBe(0);
  const byOwner = await server.run(["users", "set-password", "donald"], {
    env: { PROVISO_NEW_USER_PASSWORD: "the owner's choice of words" },
  });
  expect(byOwner).toMatchObject({ code: 0, stdout: expect.not.stringContaining("Log in again") });
  expect((await login("the owner's choice of words")).code).toBe(0);
  const differing = await server.run(["users", "set-password", "donald"], { input: `${strong}\n${strong}!\n` });
  expect(differing).toMatchObject({ code: 1, stderr: "error: the passwords do not match: run the command again\n" });
});

test("asks before it deletes a user, and only a yes does it", async () => {
  await makeUser("edsger");
  expect((await server.run(["users", "delete", "edsger"], { input: "\n" })).code).toBe(1);
  expect(await server.run(["users", "rm", "edsger"], { input: "yes\n" })).toMatchObject({ code: 0, stderr: "" });
  expect(await server.run(["users", "show", "edsger"])).toMatchObject({
    code: 1,
    stderr: 'error: user "edsger" not found, or you do not have access to it\nList users with `proviso users list`.\n',
  });
});

test("replaces the roles of a user, and says which there are", async () => {
  await makeUser("john");
  expect((await server.run(["users", "edit-roles", "john", "--roles", "auditor,template-admin", "-y"])).stdout).toMatch(
    /^Roles of john: (auditor, template-admin|template-admin, auditor)\.\n$/,
  );
  expect((await server.run(["users", "edit-roles", "john", "--roles", "", "-y"])).stdout).toBe("Roles of john: none.\n");
  const asked = await server.run(["users", "edit-roles", "john"]);
  expect(asked).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^error: no roles given: list them in --roles\nYou may assign:\n(.*\n)*\tauditor: /),
  });
  expect(await server.run(["users", "edit-roles", "john", "--roles", "emperor", "-y"])).toMatchObject({ code: 1, stdout: "" });
});

test("makes an organization, and looks after its members and their roles", async () => {
  await makeUser("margaret");
  expect(await server.run(["organizations", "create", "moon", "--display-name", "To the Moon"])).toMatchObject({ code: 0, stderr: "" });
  const id = (await server.run(["organizations", "show", "moon", "--only-id"])).stdout.trim();
  expect((await server.run(["orgs", "list", "-c", "name,display name,id"])).stdout).toMatch(new RegExp(`^moon +To the Moon +${id}$`, "m"));

  expect(await server.run(["org", "members", "add", "margaret", "-O", "moon"])).toMatchObject({
    code: 0,
    stdout: "Added margaret to organization moon.\n",
  });
  const roles = await server.run(["org", "members", "edit-roles", "margaret", "organization-template-admin", "-O", "moon"]);
  expect(roles).toMatchObject({ code: 0, stdout: "Roles of margaret in organization moon: organization-template-admin.\n" });
  const members = await server.run(["org", "members", "list", "-O", "moon"]);
  expect(members.stdout).toMatch(/^margaret +organization-template-admin$/m);
  const asked = await server.run(["org", "members", "edit-roles", "margaret", "-O", "moon"]);
  expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining("\torganization-auditor: ") });

  expect(await server.run(["org", "members", "rm", "margaret", "-O", "moon", "-y"])).toMatchObject({ code: 0 });
  expect((await server.run(["org", "members", "list", "-O", "moon"])).stdout).not.toContain("margaret");
  expect(await server.run(["org", "members", "list", "-O", "mars"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('organization "mars" not found'),
  });
});

test("lists who changed what, and with which key", async () => {
  await server.run(["tokens", "create", "--name", "audited", "--scope", "workspace:read"]);
  const run = await server.run([
    "audit",
    "list",
    "--search",
    "resource_type:api_key action:create",
    "-c",
    "user,action,type,target,status",
  ]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(/^ada +create +api_key +audited +\d+$/m);
  const [entry] = JSON.parse((await server.run(["audit", "list", "-l", "1", "--search", "resource_type:api_key", "-o", "json"])).stdout);
  expect(entry.diff.scopes.new).toEqual(["workspace:read"]);
  expect(await server.run(["audit", "list", "--search", "username:nobody"])).toEqual({
    code: 0,
    stdout: "",
    stderr: "No entries found.\n",
  });
});
