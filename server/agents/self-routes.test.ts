import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { Client } from "#sdk/client.ts";
import { AgentExternalAuthResponse } from "#sdk/external-auth.ts";
import { AgentGitSSHKey } from "#sdk/git-ssh-keys.ts";
import type { Template } from "#sdk/templates.ts";
import { WorkspaceAgentLogSource } from "#sdk/workspace-agents.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, makeTemplate, type PlayedAgent, startWorkspace } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

const ME = "/api/v2/workspaceagents/me";
const PROTECTED = [
  `${ME}/gitsshkey`,
  `${ME}/external-auth?id=hub`,
  `${ME}/external-auth?match=https://hub.example/x.git`,
  `${ME}/gitauth?match=hub.example`,
];

let world: ServerWorld;
let daemon: PlayedDaemon;
let template: Template;
beforeAll(async () => {
  world = await openServerWorld({
    accessUrl: "https://dev.example.com/",
    externalAuthProviders: [{ id: "hub", type: "github", displayName: "Hub", displayIcon: "", match: /hub\.example/ }],
  });
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  template = await makeTemplate(world, daemon);
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

async function start(): Promise<{ workspaceId: string; all: PlayedAgent; restricted: PlayedAgent }> {
  const { workspace, agents } = await startWorkspace(world, daemon, template);
  const [all, restricted] = agents;
  if (all === undefined || restricted === undefined) throw new Error("two agents were built");
  return { workspaceId: workspace.id, all, restricted };
}

const as = (token: string) => new Client(world.url, { sessionToken: token });
const get = (path: string, token?: string) =>
  call(world.url, "GET", path, undefined, token === undefined ? {} : { "Coder-Session-Token": token });

test("an agent with every right gets its owner's key, and the address where its owner can link an account", async () => {
  const { all } = await start();
  const key = await as(all.token).getAgentGitSshKey();
  expectShape(AgentGitSSHKey, key);
  expect(key.public_key).toBe((await world.client.getUserGitSshKey("me")).public_key);
  expect(key.private_key).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  const link = {
    access_token: "",
    token_extra: null,
    url: "https://dev.example.com/external-auth/hub",
    type: "github",
    username: "",
    password: "",
  };
  const byId = await as(all.token).getAgentExternalAuth({ id: "hub" });
  expectShape(AgentExternalAuthResponse, byId);
  expect(byId).toEqual(link);
  expect(await as(all.token).getAgentExternalAuth({ match: "https://hub.example/x.git" })).toEqual(link);
  expect(await as(all.token).getAgentGitAuth({ match: "hub.example" })).toEqual(link);
});

test("an agent with the scope no_user_data is refused before anything is looked up", async () => {
  const { restricted } = await start();
  const unknowable = [`${ME}/external-auth?id=nowhere`, `${ME}/external-auth`, `${ME}/external-auth?id=hub&match=hub`];
  for (const path of [...PROTECTED, ...unknowable]) {
    const { status, text } = await get(path, restricted.token);
    const detail = "needs `user:read_personal`: scope: the agent's `api_key_scope` is `no_user_data`";
    expect([path, status, JSON.parse(text)]).toEqual([path, 403, { message: "Forbidden.", detail }]);
  }
});

test("requires exactly one of id and match, and a known provider", async () => {
  const { all } = await start();
  const status = async (query: string) => (await get(`${ME}/external-auth${query}`, all.token)).status;
  expect([
    await status(""),
    await status("?id=hub&match=hub.example"),
    await status("?id=nowhere"),
    await status("?match=elsewhere"),
  ]).toEqual([400, 400, 404, 404]);
});

test("every wrong token gets the same answer", async () => {
  const { workspaceId, all, restricted } = await start();
  await world.client.createWorkspaceBuild(workspaceId, { transition: "stop" });
  const endedByBuild = await get(PROTECTED[0] ?? "", all.token);
  await buildNext(daemon, []);
  const wrong = [
    "garbled",
    `${all.token.slice(0, -1)}${all.token.endsWith("x") ? "y" : "x"}`,
    formatSecret("agent"),
    randomUUID(),
    world.sessionToken,
    all.token,
    restricted.token,
  ];
  for (const path of PROTECTED) {
    const answers = [endedByBuild, await get(path), ...(await Promise.all(wrong.map((token) => get(path, token))))];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.text).not.toMatch(/checksum|stopp|expired token|unknown/i);
  }
});

test("a new build's agents replace the old ones", async () => {
  const { workspaceId, all: old } = await start();
  await world.client.createWorkspaceBuild(workspaceId, { transition: "start" });
  const [fresh] = await buildNext(daemon);
  expect((await get(`${ME}/gitsshkey`, old.token)).status).toBe(401);
  expect((await get(`${ME}/gitsshkey`, fresh?.token)).status).toBe(200);
});

test("an agent token does not work on the routes for users", async () => {
  const { all, workspaceId } = await start();
  for (const path of ["/api/v2/users/me", `/api/v2/workspaces/${workspaceId}`, "/api/v2/templates"])
    expect((await get(path, all.token)).status).toBe(401);
});

test("stores an agent's logs whatever its scope, and its users can follow them", async () => {
  const { workspaceId, restricted } = await start();
  const agent = as(restricted.token);
  const source = { id: randomUUID(), display_name: "Start script", icon: "/icon/terminal.svg" };
  const made = await agent.createAgentLogSource(source);
  expectShape(WorkspaceAgentLogSource, made);
  expect(made).toMatchObject(source);
  await agent.appendAgentLogs({
    log_source_id: source.id,
    logs: [{ output: "hello", level: "info", created_at: new Date().toISOString() }],
  });
  const patched = await call(
    world.url,
    "PATCH",
    `${ME}/logs`,
    { logs: [{ output: "from nowhere" }] },
    { "Coder-Session-Token": restricted.token },
  );
  expect([patched.status, patched.text]).toEqual([200, "null\n"]);

  const workspace = await world.client.getWorkspace(workspaceId);
  const id = workspace.latest_build.resources.flatMap(({ agents = [] }) => agents).find(({ name }) => name === restricted.name)?.id ?? "";
  expect((await world.client.listWorkspaceAgentLogs(id)).map(({ output, source_id }) => [output, source_id])).toEqual([
    ["hello", source.id],
    ["from nowhere", "3b579bf4-1ed8-4b99-87a8-e9a1e3410410"],
  ]);
  const followed: string[] = [];
  for await (const batch of world.client.followWorkspaceAgentLogs(id)) {
    followed.push(...batch.map(({ output }) => output));
    if (followed.length === 2) await agent.appendAgentLogs({ log_source_id: source.id, logs: [{ output: "later" }] });
    // The stop that follows ends the stream on its own.
    if (followed.length === 3) await world.client.createWorkspaceBuild(workspaceId, { transition: "stop" });
  }
  expect(followed).toEqual(["hello", "from nowhere", "later"]);
  await buildNext(daemon, []);
});

test("refuses a request without logs, an unknown log source, and logs beyond the limit", async () => {
  const { all } = await start();
  const patch = (body: unknown) => call(world.url, "PATCH", `${ME}/logs`, body, { "Coder-Session-Token": all.token });
  expect((await patch({ logs: [] })).status).toBe(400);
  expect((await patch({ logs: [{ output: "x", level: "shout" }] })).status).toBe(400);
  expect((await patch({ log_source_id: randomUUID(), logs: [{ output: "x" }] })).status).toBe(400);
  const line = { output: "x".repeat(64 * 1024 - 1) };
  for (let sent = 0; sent < 16; sent++) expect((await patch({ logs: [line] })).status).toBe(200);
  expect((await patch({ logs: [line, line] })).status).toBe(413);
});
