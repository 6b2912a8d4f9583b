import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CliServer, FIRST_USER, startCliServer } from "./cli-server.ts";
import { runCli } from "./run-cli.ts";

let server: CliServer;
beforeAll(async () => {
  server = await startCliServer(0);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const session = (name: string) => ({ CODER_CONFIG_DIR: join(server.folder, name) });
const login = (name: string, password: string = FIRST_USER.password) =>
  runCli(["login", server.url, "--email", FIRST_USER.email], { env: { ...session(name), PROVISO_PASSWORD: password } });

test("remembers server and session in files that only their owner can read", async () => {
  for (const file of ["url", "session"]) {
    expect((await stat(join(server.folder, "config", file))).mode & 0o777).toBe(0o600);
  }
  expect(await readFile(join(server.folder, "config", "url"), "utf8")).toBe(server.url);
});

test("logs in, knows who one is, logs out, and leaves a session that opens nothing", async () => {
  expect(await login("round-trip")).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("ada") });
  const token = await readFile(join(server.folder, "round-trip", "session"), "utf8");

  const text = await runCli(["whoami"], { env: session("round-trip") });
  expect(text).toEqual({ code: 0, stderr: "", stdout: `You are logged in to ${server.url} as ada.\n` });
  const json = await runCli(["whoami", "-o", "json"], { env: session("round-trip") });
  expect(JSON.parse(json.stdout)).toMatchObject([{ url: server.url, username: "ada", email: FIRST_USER.email }]);

  expect(await runCli(["logout", "--yes"], { env: session("round-trip") })).toMatchObject({ code: 0, stderr: "" });
  await expect(stat(join(server.folder, "round-trip", "session"))).rejects.toThrow("ENOENT");
  expect(await runCli(["whoami"], { env: session("round-trip") })).toMatchObject({ code: 1, stdout: "" });
  const dead = await runCli(["whoami", "--url", server.url], { env: { ...session("round-trip"), CODER_SESSION_TOKEN: token } });
  expect(dead).toMatchObject({ code: 1, stdout: "" });
  expect(dead.stderr).toMatch(/^error: .*\n(.*\n)*Log in with `proviso login <url>`\.\n$/);
});

test("takes a session from the environment before the one that is stored", async () => {
  const run = await server.run(["whoami"], { env: { CODER_SESSION_TOKEN: "nothing" } });
  expect(run.code).toBe(1);
});

test("refuses a wrong password, and stores nothing", async () => {
  const run = await login("wrong", "wrong");
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toBe("error: The email address or the password is wrong.\n");
  await expect(stat(join(server.folder, "wrong", "session"))).rejects.toThrow("ENOENT");
});

test("opens a session of its own with the one that was given, after trying it", async () => {
  const given = await readFile(join(server.folder, "config", "session"), "utf8");
  expect((await runCli(["login", server.url, "--token", given], { env: session("by-token") })).code).toBe(0);
  expect(await readFile(join(server.folder, "by-token", "session"), "utf8")).not.toBe(given);
  expect((await runCli(["logout", "-y"], { env: session("by-token") })).code).toBe(0);
  expect((await server.run(["whoami"])).code).toBe(0);
  const refused = await runCli(["login", server.url, "--token", "nonsense"], { env: session("refused") });
  expect(refused).toEqual({
    code: 1,
    stdout: "",
    stderr: `error: ${server.url} does not accept this token: check that it is complete and has not expired\n`,
  });
});

test("asks before it logs out, and a no ends it in silence", async () => {
  const run = await server.run(["logout"], { input: "no\n" });
  expect(run).toMatchObject({ code: 1, stderr: "" });
  expect((await server.run(["whoami"])).code).toBe(0);
});

test("says what to do when nobody is there to answer", async () => {
  const run = await server.run(["logout"]);
  expect(run).toMatchObject({
    code: 1,
    stderr: `error: no answer to "Log out from ${server.url}? (yes/no)": stdin has ended (EOF)\nWithout a terminal, confirm with --yes.\n`,
  });
});

for (const { what, args, says } of [
  {
    what: "a template",
    args: ["create", "x", "-t", "nope", "-y"],
    says: 'template "nope" not found, or you do not have access to it\nList templates with `proviso templates list`',
  },
  {
    what: "a key",
    args: ["provisioner", "keys", "rm", "nope", "-y"],
    says: 'provisioner key "nope" not found, or you do not have access to it\nList keys with `proviso provisioner keys list`',
  },
  {
    what: "a workspace",
    args: ["show", "nope"],
    says: 'workspace "nope" not found, or you do not have access to it\nList your workspaces with `proviso list`',
  },
]) {
  test(`names ${what} that is missing, and says where to look`, async () => {
    expect(await server.run(args)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(`error: ${says}`) });
  });
}

test("refuses a name that no template can have before it uploads anything", async () => {
  const run = await server.run(["templates", "push", "Bad_Name", "-d", "examples/scoped-agents", "-y"]);
  expect(run).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: "Bad_Name" is not a valid template name\n/) });
});

test("makes, lists and deletes provisioner keys; only the key itself is on stdout", async () => {
  const made = await server.run(["provisioner", "keys", "create", "eu"]);
  expect(made.stdout).toMatch(/^pvk_[0-9A-Za-z]{49}\n$/);
  expect((await server.run(["provisioner", "keys", "list", "-c", "name"])).stdout).toBe("NAME\neu\n");
  const again = await server.run(["provisioner", "keys", "create", "eu"]);
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect((await server.run(["provisioner", "keys", "rm", "eu", "-y"])).code).toBe(0);
  expect(JSON.parse((await server.run(["provisioner", "keys", "list", "-o", "json"])).stdout)).toEqual([]);
});
