import { copyFile, mkdir, mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Client } from "#sdk/client.ts";
import { startPostgres } from "#test/postgres.ts";
import { addPerson } from "#test/server/people.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, importNext, makeTemplate, pushVersion } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

test("two servers on one PostgreSQL work as one: both know each other's jobs, logs and tokens", async () => {
  await using servers = await openTwo();
  const { first, second } = servers;
  using daemon = playDaemon({ url: second.url, key: second.server.builtInDaemonKey });

  // Posted to one server, taken from the other, which was already waiting.
  const taken = daemon.acquire();
  const version = await pushVersion(first);
  const { jobId } = await taken;
  const log = { level: 2, source: 1, stage: "Planning", output: "hello", createdAt: BigInt(Date.now()) };
  const outputs: string[] = [];
  const reader = new Client(first.url, { sessionToken: second.sessionToken });
  await daemon.update({ jobId, logs: [log] });
  for await (const line of reader.followTemplateVersionLogs(version.id)) {
    outputs.push(line.output);
    if (outputs.length === 1) await daemon.update({ jobId, logs: [{ ...log, output: "again" }] });
    if (outputs.length === 2) await daemon.complete({ jobId, type: { case: "templateImport", value: {} } });
  }
  expect(outputs).toEqual(["hello", "again"]);

  const template = await makeTemplate(first, daemon);
  const { id } = await second.client.createWorkspace("me", { name: "both", template_id: template.id });
  const [agent] = await buildNext(daemon);
  for (const { url } of [first, second])
    expect((await new Client(url, { sessionToken: agent?.token ?? "" }).getAgentGitSshKey()).private_key).toContain("OPENSSH");
  await first.client.createWorkspaceBuild(id, { transition: "stop" });
  await expect(new Client(second.url, { sessionToken: agent?.token ?? "" }).getAgentGitSshKey()).rejects.toMatchObject({ status: 401 });
  await buildNext(daemon, []);
  const [, latest] = [await pushVersion(first), await second.client.getWorkspace(id)];
  expect(latest.latest_build.status).toBe("stopped");
  await importNext(daemon);
}, 90_000);

test("a change of a key, or of its user, applies on the other server from the next request on", async () => {
  await using servers = await openTwo();
  const { first, second } = servers;
  const person = await addPerson(first, { memberRoles: ["organization-auditor"] });
  const status = async (token: string, path: string, method = "GET", body?: unknown) =>
    (await call(second.url, method, path, body, { "Coder-Session-Token": token })).status;
  const tokens = "/api/v2/users/me/keys/tokens";
  const mint = async (request: object): Promise<string> => (await person.call("POST", tokens, request)).json.key;

  const token = await mint({ token_name: "one", scopes: ["workspace:read", "api_key:create"] });
  expect(await status(token, "/api/v2/workspaces")).toBe(200);
  expect(await status(token, tokens, "POST", { scopes: ["workspace:read"], token_name: "child" })).toBe(201);
  await person.call("PATCH", `${tokens}/one`, { scopes: ["api_key:create"] });
  expect(await status(token, tokens, "POST", { scopes: ["workspace:read"] })).toBe(403);

  const expired = await mint({ token_name: "expired" });
  expect(await status(expired, "/api/v2/users/me")).toBe(200);
  await person.call("PUT", `/api/v2/users/me/keys/${expired.slice(0, 10)}/expire`);
  expect(await status(expired, "/api/v2/users/me")).toBe(401);

  expect(await status(person.sessionToken, "/api/v2/audit?limit=1")).toBe(200);
  await first.call("PUT", `/api/v2/organizations/default/members/${person.username}/roles`, { roles: [] });
  expect(await status(person.sessionToken, "/api/v2/audit?limit=1")).toBe(403);

  const counted = await mint({ token_name: "counted", scopes: ["workspace:read", "user:read"] });
  const list = (url: string) => call(url, "GET", "/api/v2/workspaces", undefined, { "Coder-Session-Token": counted });
  const usage = async () => (await person.call("GET", `${tokens}/counted/usage`)).json.scopes;
  expect((await list(first.url)).status).toBe(200);
  const [once] = await usage();
  for (let n = 0; n < 2; n++) expect((await list(second.url)).status).toBe(200);
  // Closing writes what was counted.
  await second[Symbol.asyncDispose]();
  expect(await usage()).toMatchObject([{ scope: "workspace:read", count: 3 * once.count }]);
  await first.call("PUT", `/api/v2/users/${person.id}/status/suspend`);
  expect((await list(first.url)).status).toBe(401);
}, 90_000);

async function openTwo(): Promise<{ readonly first: ServerWorld; readonly second: ServerWorld } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const postgres = opened.use(await startPostgres());
  const directory = opened.use(await mkdtempDisposable(join(tmpdir(), "proviso-replicas-")));
  const databaseUrl = await postgres.createDatabase();
  const [one, two] = [join(directory.path, "one"), join(directory.path, "two")];
  const first = opened.use(await openServerWorld({ databaseUrl, dataDirectory: one }));
  // Replicas need the same encryption key, each in a data directory of its own.
  await mkdir(two);
  await copyFile(join(one, "encryption.key"), join(two, "encryption.key"));
  const second = opened.use(await openServerWorld({ databaseUrl, dataDirectory: two }));
  const owned = opened.move();
  return { first, second, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
