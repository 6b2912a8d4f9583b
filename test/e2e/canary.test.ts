/** Looks for secrets of a running deployment in places that other users of the machine can read, and in logs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redactSecrets } from "#credentials/secret.ts";
import { startPostgres, type TestPostgres } from "#test/postgres.ts";
import { agentTokens, createTemplate, expectStatus, FIRST_USER, signUp, succeeded } from "./harness/api.ts";
import { watchChildren } from "./harness/child-processes.ts";
import { startServerProcess } from "./harness/server-process.ts";
import { templateOf } from "./harness/templates.ts";

const PROVISO = join(import.meta.dirname, "../../bin/proviso");
const VARIABLE = "canary-template-variable";
const CLIENT_SECRET = "canary-client-secret";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.[Symbol.asyncDispose]());

// The build waits a moment, so that its processes are seen.
const TEMPLATE = templateOf(`variable "secret" {
  type      = string
  sensitive = true
}
resource "coder_agent" "main" {
  os   = "linux"
  arch = "amd64"
}
resource "terraform_data" "main" {
  count = data.coder_workspace.me.start_count
  input = [coder_agent.main.token, sha256(var.secret)]
  provisioner "local-exec" {
    command = "sleep 1"
  }
}
`);

test("no secret stands in a log, in a command line, or in the environment of what a build runs", async () => {
  const databaseUrl = await postgres.createDatabase();
  await using server = await startServerProcess({
    args: ["--verbose", "--provisioner-daemons", "1"],
    env: {
      CODER_PG_CONNECTION_URL: databaseUrl,
      CODER_EXTERNAL_AUTH_0_ID: "demo",
      CODER_EXTERNAL_AUTH_0_TYPE: "github",
      CODER_EXTERNAL_AUTH_0_CLIENT_ID: "client",
      CODER_EXTERNAL_AUTH_0_CLIENT_SECRET: CLIENT_SECRET,
    },
  });
  const api = await signUp(server.url);
  const { key: token } = await expectStatus(201, api.call("POST", "/users/me/keys/tokens", { token_name: "ci" }));
  const { key: daemonKey } = await expectStatus(
    201,
    api.call("POST", `/organizations/${api.organizationId}/provisionerkeys`, { name: "k" }),
  );

  const { id: templateId } = await createTemplate(api, "slow", TEMPLATE, { variables: [{ name: "secret", value: VARIABLE }] });
  const workspace = await expectStatus(201, api.call("POST", "/users/me/workspaces", { name: "desk", template_id: templateId }));
  const stop = new AbortController();
  const watching = watchChildren(server.pid, stop.signal);
  await succeeded(api, workspace.latest_build.id).finally(() => stop.abort());
  const children = await watching;
  const commands = [...children.values()].map(({ command }) => command);
  expect(commands.some((command) => command.includes("terraform\0apply"))).toBe(true);
  expect(commands.some((command) => command.includes("sleep"))).toBe(true);

  const { main: agentToken = "" } = await agentTokens(api, workspace.latest_build.id);
  const pair = await expectStatus(200, api.as(agentToken).call("GET", "/workspaceagents/me/gitsshkey"));
  // By the command line, too, and where they do not belong.
  const shown: string[] = [];
  for (const secret of [token, daemonKey, agentToken]) {
    // A complete token starts with its own name, so the output shows the rest.
    const uses = [
      ["tokens", "create", "--name", secret],
      ["tokens", "create", "--scope", secret],
      ["tokens", "view", secret],
    ];
    const env = { CODER_URL: server.url, CODER_SESSION_TOKEN: token };
    const runs = uses.map((args) => runProviso(args, env));
    if (secret !== token) runs.push(runProviso(["whoami"], { ...env, CODER_SESSION_TOKEN: secret }));
    const outputs = await Promise.all(runs);
    expect(outputs.map(({ code }) => code === 0)).toEqual(secret === token ? [false, false, true] : [false, false, false, false]);
    shown.push(...outputs.map(({ output }) => output));
  }

  const secrets: Record<string, string> = {
    password: FIRST_USER.password,
    "client secret": CLIENT_SECRET,
    "database's address": databaseUrl,
    "SSH key": pair.private_key.split("\n")[3],
    "encryption key": (await readFile(join(server.dataDirectory, "encryption.key"), "utf8")).trim(),
    token: token.slice(11),
    "daemon's key": daemonKey,
    "agent's token": agentToken,
  };
  await server.stop();
  const leaks: string[] = [];
  const look = (where: string, found: string, what = secrets): void => {
    if (redactSecrets(found) !== found) leaks.push(`a token or key in ${where}: ${redactSecrets(found)}`);
    for (const [name, secret] of Object.entries(what)) if (found.includes(secret)) leaks.push(`${name} in ${where}`);
  };
  expect(server.stderr()).toContain("debug");
  look("the log", server.stderr(), { ...secrets, variable: VARIABLE });
  for (const { command, environment } of children.values()) {
    look(`a command line`, command, { ...secrets, variable: VARIABLE });
    look(`the environment of ${command}`, environment, { ...secrets, variable: VARIABLE });
  }
  for (const output of shown) look("what the command line tool says", output);
  expect(leaks).toEqual([]);
}, 120_000);

async function runProviso(args: readonly string[], env: Readonly<Record<string, string>>): Promise<{ code: number; output: string }> {
  const child = spawn(PROVISO, args, { env: { PATH: process.env.PATH, HOME: "/nonexistent", ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, output: stdout + stderr };
}
