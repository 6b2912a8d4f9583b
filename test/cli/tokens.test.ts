import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isSecret } from "#credentials/secret.ts";
import { type CliServer, FIRST_USER, startCliServer } from "./cli-server.ts";
import { runCli } from "./run-cli.ts";

let server: CliServer;
beforeAll(async () => {
  server = await startCliServer(0);
});
afterAll(() => server?.[Symbol.asyncDispose]());

const as = (token: string) => ({ env: { CODER_SESSION_TOKEN: token } });

async function create(...args: string[]): Promise<string> {
  const run = await server.run(["tokens", "create", ...args]);
  if (run.code !== 0) throw new Error(run.stderr);
  return run.stdout.trim();
}

const id = (token: string) => token.slice(0, 10);

test("prints a new token and nothing else, for as long as it may live", async () => {
  const run = await server.run(["tokens", "create", "--name", "plain"]);
  expect(run.code).toBe(0);
  const [, keyId = "", secret = ""] = /^([^-]{10})-(.*)\n$/.exec(run.stdout) ?? [];
  expect(isSecret("token", secret)).toBe(true);
  expect(run.stderr).not.toContain(secret);
  const key = await server.client.getAPIKey("me", keyId);
  expect(key).toMatchObject({ token_name: "plain", scopes: ["coder:all"], allow_list: [{ type: "*", id: "*" }] });
  const { max_token_lifetime: longest } = await server.client.getTokenConfig("me");
  expect(key.lifetime_seconds).toBe(longest / 1e9);
});

test("gives exactly what was asked for, and takes it from the environment too", async () => {
  const template = "7d0c5f2e-3f50-4a57-8d2b-1c6fdd4a4a10";
  const run = await server.run(
    [
      "tokens",
      "create",
      "--scope",
      "workspace:read,all",
      "--scope",
      "template:read",
      "--allow",
      `template:${template}`,
      "--description",
      "x",
    ],
    { env: { CODER_TOKEN_NAME: "exact", CODER_TOKEN_LIFETIME: "1d12h" } },
  );
  expect(run.code).toBe(0);
  expect(await server.client.getTokenByName("me", "exact")).toMatchObject({
    scopes: ["workspace:read", "coder:all", "template:read"],
    allow_list: [{ type: "template", id: template }],
    lifetime_seconds: 129_600,
    description: "x",
  });
});

for (const { what, args, says } of [
  {
    what: "a scope that does not exist",
    args: ["--scope", "workspace:raed"],
    says: /\n\t--scope: .*"workspace:raed".*"workspace:read"\n$/,
  },
  { what: "a type that does not exist", args: ["--allow", "workspaces:*"], says: /\n\t--allow: .*workspaces/ },
  { what: "a life that is too long", args: ["--lifetime", "8d"], says: /\n\t--lifetime: lifetime must be less than 168h0m0s/ },
  { what: "a boundary that outlives the longest life", args: ["--boundary-lifetime", "8d"], says: /\n\t--boundary-lifetime: / },
  { what: "a workspace that does not exist", args: ["--allow", "workspace:nope"], says: /^error: workspace "nope" not found/ },
  { what: "a user that does not exist", args: ["--user", "nope"], says: /^error: .*user/ },
]) {
  test(`refuses ${what}, and names the option or the object`, async () => {
    const run = await server.run(["tokens", "create", ...args]);
    expect(run).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(says) });
  });
}

test("refuses a name that is taken", async () => {
  await create("--name", "taken");
  const run = await server.run(["tokens", "create", "--name", "taken"]);
  expect(run).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("taken") });
});

test("lists tokens with their scopes and objects, sorted by id", async () => {
  await create("--name", "listed", "--scope", "workspace:start", "--scope", "template:read", "--allow", "template:*", "--allow", "*:*");
  const json = JSON.parse((await server.run(["tokens", "list", "-o", "json"])).stdout) as Array<{ id: string; token_name: string }>;
  expect(json.map((token) => token.id)).toEqual(json.map((token) => token.id).toSorted());
  expect(json.find((token) => token.token_name === "listed")).toMatchObject({
    scopes: ["workspace:start", "template:read"],
    username: "ada",
  });
  const { stdout } = await server.run(["token", "ls", "-c", "name,scopes,allow list,last used"]);
  expect(stdout).toMatch(/^NAME +SCOPES +ALLOW LIST +LAST USED\n/);
  expect(stdout).toMatch(/^listed +template:read, workspace:start +\*:\* +never$/m);
  expect((await server.run(["tokens", "list", "--all"])).stdout).toMatch(/^ID .* OWNER\n(.* ada\n)+$/);
});

test("finds a token by name, by id, and by the whole token, which is sent nowhere", async () => {
  const token = await create("--name", "found");
  for (const text of ["found", id(token), token]) {
    const run = await server.run(["tokens", "view", text, "-o", "json"]);
    expect(JSON.parse(run.stdout)).toMatchObject([{ id: id(token), token_name: "found" }]);
  }
  const foreign = `${token.startsWith("0") ? "1" : "0"}${token.slice(1)}`;
  const missing = await server.run(["tokens", "view", foreign]);
  expect(missing).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error: token with the ID \w+ not found/) });
  expect(missing.stderr).not.toContain(token.slice(11));
  const log = await readFile(join(server.folder, "server.log"), "utf8");
  expect(log).not.toContain(token.slice(11));
});

test("changes what is named and leaves the rest", async () => {
  await create("--name", "changed", "--scope", "workspace:*", "--boundary-scope", "workspace:read", "--boundary-allow", "workspace:*");
  const run = await server.run(["tokens", "update", "changed", "--scope", "workspace:read", "--lifetime", "1h"]);
  expect(run).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringMatching(/^Token changed can now use workspace:read on \*:\* until /),
  });
  await server.run(["tokens", "update", "changed", "--boundary-scope", "workspace:start"]);
  const boundary = { scopes: ["workspace:start"], allow_list: [{ type: "workspace", id: "*" }] };
  expect(await server.client.getTokenByName("me", "changed")).toMatchObject({
    scopes: ["workspace:read"],
    lifetime_seconds: 3_600,
    boundary,
  });
  await server.run(["tokens", "update", "changed", "--no-boundary"]);
  expect((await server.client.getTokenByName("me", "changed")).boundary).toBeUndefined();
});

test("ends a session by its id, and changes none", async () => {
  const { session_token: session } = await server.client.logIn(FIRST_USER);
  for (const args of [
    ["update", id(session), "--lifetime", "1h"],
    ["usage", id(session)],
  ]) {
    const run = await server.run(["tokens", ...args]);
    expect(run).toEqual({ code: 1, stdout: "", stderr: `error: ${id(session)} is a session, not an API token\n` });
  }
  expect((await server.run(["tokens", "remove", id(session)])).stdout).toBe(`Ended session ${id(session)}.\n`);
  expect((await runCli(["whoami", "--url", server.url], as(session))).code).toBe(1);
});

test("refuses an update that names nothing", async () => {
  await create("--name", "unchanged");
  expect(await server.run(["tokens", "update", "unchanged"])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: nothing to change/),
  });
});

test("a token makes tokens inside its boundary; the excess of others is told by option", async () => {
  const parent = await create("--name", "parent", "--scope", "api_key:create", "--boundary-scope", "workspace:read", "--lifetime", "1h");
  const child = await server.run(["tokens", "create", "--name", "child", "--scope", "workspace:read"], as(parent));
  expect(child).toMatchObject({ code: 0 });
  const wide = await server.run(["tokens", "create", "--scope", "workspace:read,workspace:start", "--lifetime", "2h"], as(parent));
  expect(wide).toMatchObject({ code: 1, stdout: "" });
  expect(wide.stderr).toMatch(/\n\t--scope: workspace:start\n\t--lifetime: ends after .*\n/);
  // Defaults are refused, too, if they exceed the boundary.
  const unsaid = await server.run(["tokens", "create"], as(await create("--scope", "api_key:create", "--allow", "api_key:*")));
  expect(unsaid.stderr).toContain("\n\t--scope: coder:all (the default)\n\t--allow: *:* (the default)\n");

  const me = await runCli(["whoami", "--url", server.url], as(child.stdout.trim()));
  expect(me).toMatchObject({ code: 0, stderr: "" });
  expect(me.stdout).toContain("Your token has the scopes workspace:read on *:*.\nIt was created with another token");

  const removed = await server.run(["tokens", "remove", "parent"]);
  expect(removed).toMatchObject({ code: 0, stdout: "Ended token parent, and all tokens created with it.\n" });
  expect((await server.run(["tokens", "list", "-c", "name"])).stdout).not.toMatch(/^(parent|child)$/m);
  expect((await server.run(["tokens", "list", "-c", "name", "--include-expired"])).stdout).toMatch(/^child$/m);
  expect(await runCli(["whoami", "--url", server.url], as(child.stdout.trim()))).toMatchObject({ code: 1 });
});

test("shows what a token was used for, and a command that cuts it down to that", async () => {
  const token = await create("--name", "it's used");
  const unused = await server.run(["tokens", "usage", "it's used"]);
  expect(unused).toEqual({ code: 0, stdout: "", stderr: "Token it's used was not used in the last 30 days.\n" });
  expect((await server.run(["users", "show", "me"], as(token))).code).toBe(0);
  const usage = await server.run(["tokens", "usage", token, "--days", "1"]);
  expect(usage).toMatchObject({ code: 0, stderr: "" });
  expect(usage.stdout).toMatch(/^SCOPE +TIMES +LAST USED +OBJECTS +FROM\nuser:read +\d+ .*127\.0\.0\.1$/m);
  const [, options = ""] = /^ {2}proviso tokens update 'it'\\''s used' (.*)$/m.exec(usage.stdout) ?? [];
  expect(options).toMatch(/^--scope user:read --allow user:[0-9a-f-]{36}$/);
  expect((await server.run(["tokens", "update", "it's used", ...options.split(" ")])).code).toBe(0);
  expect((await server.run(["users", "show", "me"], as(token))).code).toBe(0);
  expect((await server.run(["tokens", "usage", "it's used"])).stdout).toContain(
    "In the last 30 days, the token needed all of its scopes and objects.",
  );
  const json = JSON.parse((await server.run(["tokens", "usage", "it's used", "-o", "json"])).stdout);
  expect(json).toMatchObject({ key_id: id(token), days: 30, suggestion: { scopes: ["user:read"] } });
});

test("deletes a token for good, and lets what it made live on if told so", async () => {
  const parent = await create("--name", "gone", "--scope", "api_key:create", "--boundary-scope", "workspace:read");
  await server.run(["tokens", "create", "--name", "orphan", "--scope", "workspace:read"], as(parent));
  const run = await server.run(["tokens", "rm", parent, "--delete", "--no-cascade"]);
  expect(run).toMatchObject({ code: 0, stdout: `Deleted token ${id(parent)}.\n` });
  expect((await server.run(["tokens", "list", "-c", "name", "--include-expired"])).stdout).toMatch(/^orphan$/m);
  expect(await server.run(["tokens", "view", "gone"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('token "gone" not found'),
  });
});

test("a login with a session opens another one; one with an API token keeps the token, and logging out does not end it", async () => {
  const folder = (name: string) => join(server.folder, name);
  const login = (name: string, token: string, ...args: string[]) =>
    runCli(["login", server.url, ...args], { env: { CODER_CONFIG_DIR: folder(name), CODER_SESSION_TOKEN: token } });
  const { session_token: session } = await server.client.logIn(FIRST_USER);
  expect(await login("second", session)).toMatchObject({ code: 0, stderr: "" });
  expect(await readFile(join(folder("second"), "session"), "utf8")).not.toBe(session);
  await login("same", session, "--use-token-as-session");
  expect(await readFile(join(folder("same"), "session"), "utf8")).toBe(session);

  const token = await create("--name", "kept", "--scope", "workspace:read");
  const kept = await login("kept", token);
  expect(kept).toMatchObject({ code: 0, stderr: expect.stringMatching(/^This token cannot open a session/) });
  expect(await readFile(join(folder("kept"), "session"), "utf8")).toBe(token);
  const out = await runCli(["logout", "-y"], { env: { CODER_CONFIG_DIR: folder("kept") } });
  expect(out).toMatchObject({ code: 0, stdout: expect.stringContaining(`proviso tokens remove ${id(token)}`) });
  expect((await runCli(["whoami", "--url", server.url], as(token))).code).toBe(0);
});

test("says what a token may do in every format, where the token may not read its own user", async () => {
  const token = await create("--name", "blind", "--scope", "workspace:read", "--allow", "workspace:*");
  const whoami = async (...args: string[]) => {
    const run = await runCli(["whoami", "--url", server.url, ...args], as(token));
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    return run.stdout;
  };
  expect(await whoami()).toMatch(/ workspace:read on workspace:\*/);
  expect(JSON.parse(await whoami("-o", "json"))).toEqual([{ url: server.url, scopes: ["workspace:read"], allow_list: ["workspace:*"] }]);
  expect(await whoami("-o", "table")).toMatch(/^URL +USERNAME +ID +SCOPES +ALLOW LIST\n\S+ +workspace:read +workspace:\*\n$/);
});

test("says after a change what the token's boundary is", async () => {
  await create("--name", "lead", "--scope", "coder:apikeys.manage_self");
  const update = async (...args: string[]) => (await server.run(["tokens", "update", "lead", ...args])).stdout;
  expect(await update("--boundary-scope", "workspace:read", "--boundary-allow", "workspace:*")).toContain(
    "\nBoundary of the tokens created with it: workspace:read on workspace:*.\n",
  );
  expect(await update("--no-boundary")).not.toContain("Boundary");
});

test("lists scopes without a login", async () => {
  const run = await runCli(["scopes", "list", "--url", server.url]);
  expect(run).toMatchObject({ code: 0, stderr: "" });
  expect(run.stdout).toMatch(
    /^coder:all +special +Everything that the user may do\. For whoever may write templates, as good as code on the server\.$/m,
  );
  const json = JSON.parse((await runCli(["scopes", "list", "workspace:st", "--url", server.url, "-o", "json"])).stdout);
  expect(json).toMatchObject([{ name: "workspace:start", permissions: ["workspace:start"] }, { name: "workspace:stop" }]);
  const none = await runCli(["scopes", "list", "nope", "--url", server.url]);
  expect(none).toEqual({ code: 1, stdout: "", stderr: 'error: no scope has "nope" in its name: list all with `proviso scopes list`\n' });
});
