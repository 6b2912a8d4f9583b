/** Tests what a template gets to act for the workspace's owner, which is never more than the key that started the build has. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AcquiredJob } from "#proto/gen/provisionerd_pb.js";
import type { CreateTokenRequest } from "#sdk/api-keys.ts";
import { addPerson } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, pushVersion } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld, tarOf } from "#test/server/server-world.ts";
import { MAX_CHAIN } from "../keys/grants.ts";
import { HOUR, hoursAhead, NOW, SESSION, token, W1 } from "../tokens/keys.fixture.ts";
import { buildKeyTerms } from "./build-key-rules.ts";

const TERMS = { now: NOW, lifetimeMs: 168 * HOUR, isFormerBuildKey: false };

describe("the key of a build", () => {
  test("does not exist if the key that requested the build was deleted, has expired, or is at the end of its chain", () => {
    expect(buildKeyTerms(undefined, TERMS)).toBeUndefined();
    expect(buildKeyTerms(token(["coder:all"], { expires_at: NOW }), TERMS)).toBeUndefined();
    const ceiling = { key_id: "token00000", scopes: ["coder:all"], allow_list: ["*:*"], expires_at: hoursAhead(1).toISOString() };
    expect(buildKeyTerms(token(["coder:all"], { ceilings: Array.from({ length: MAX_CHAIN }, () => ceiling) }), TERMS)).toBeUndefined();
  });

  test("has all the user's rights only for a session", () => {
    expect(buildKeyTerms(SESSION, TERMS)).toEqual({ scopes: ["coder:all"], allowList: ["*:*"], ceilings: [], expiresAt: +hoursAhead(168) });
    expect(buildKeyTerms(token(["coder:all"]), TERMS)).toMatchObject({ scopes: ["coder:all"], expiresAt: +hoursAhead(24) });
  });

  test("has what the token has, and is limited by what the token may hand on", () => {
    const boundary = { scopes: ["workspace:read"], allow_list: null, expires_at: hoursAhead(2).toISOString() };
    expect(buildKeyTerms(token(["workspace:start", "workspace:read"], { allow_list: [W1], boundary }), TERMS)).toEqual({
      scopes: ["workspace:start", "workspace:read"],
      allowList: [W1],
      ceilings: [{ key_id: "token00001", scopes: ["workspace:read"], allow_list: [W1], expires_at: hoursAhead(2).toISOString() }],
      expiresAt: +hoursAhead(2),
    });
  });

  test("replaces the previous key if that key requested the build", () => {
    const terms = buildKeyTerms(token(["workspace:start"]), { ...TERMS, isFormerBuildKey: true });
    expect(terms).toMatchObject({ scopes: ["workspace:start"], ceilings: [], expiresAt: +hoursAhead(24) });
  });
});

let world: ServerWorld;
let daemon: PlayedDaemon;
let clockMs = Date.now();
beforeAll(async () => {
  world = await openServerWorld({ now: () => new Date(clockMs) });
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

const as = (key: string) => (method: string, path: string, body?: unknown) =>
  call(world.url, method, path, body, { "Coder-Session-Token": key });

async function mint(request: CreateTokenRequest): Promise<string> {
  const { status, json, text } = await world.call("POST", "/api/v2/users/me/keys/tokens", request);
  expect(status, text).toBe(201);
  return json.key;
}

/** Returns the owner's other secrets that a template could have read. */
async function buildsSshKey(): Promise<string> {
  const job = await daemon.acquire();
  if (job.type.case !== "workspaceBuild") throw new Error(`no build: ${job.type.case}`);
  await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources: [] } } });
  return job.type.value.metadata?.workspaceOwnerSshPrivateKey ?? "";
}

function sessionTokenOf(job: AcquiredJob): string {
  switch (job.type.case) {
    case "workspaceBuild":
    case "templateImport":
      return job.type.value.metadata?.workspaceOwnerSessionToken ?? "";
    default:
      throw new Error(`no session token in ${job.type.case}`);
  }
}

/** Lets the daemon take and complete the next build. @returns what the template could have read */
async function build(): Promise<string> {
  const job = await daemon.acquire();
  await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources: [] } } });
  return sessionTokenOf(job);
}

async function newWorkspace(): Promise<string> {
  const template = await makeTemplate(world, daemon);
  const { id } = await world.client.createWorkspace("me", { name: `w-${template.id.slice(0, 8)}`, template_id: template.id });
  await build();
  return id;
}

async function transition(by: ReturnType<typeof as>, workspace: string, to: "start" | "stop"): Promise<string> {
  const { status, text } = await by("POST", `/api/v2/workspaces/${workspace}/builds`, { transition: to });
  expect(status, text).toBe(201);
  return build();
}

const rowOf = async (key: string) => (await world.call("GET", `/api/v2/users/me/keys/${key.slice(0, 10)}`)).json;
const lives = async (key: string) => (await as(key)("GET", "/api/v2/users/me/keys/tokens/tokenconfig")).status === 200;

test("a build by a session gives its template the owner's full rights", async () => {
  const workspace = await newWorkspace();
  const key = await transition(as(world.sessionToken), workspace, "start");
  expect(await rowOf(key)).toMatchObject({ scopes: ["coder:all"], allow_list: [{ type: "*", id: "*" }] });
  expect((await as(key)("GET", "/api/v2/users/me")).status).toBe(200);
});

test("a build by a narrow token gives its template no more than that token has", async () => {
  const workspace = await newWorkspace();
  const scopes = ["workspace:read", "workspace:start", "api_key:create"];
  const starter = await mint({ scopes, allow_list: [`workspace:${workspace}`, "api_key:*", "template:*"], lifetime: 3_600e9 });
  const key = await transition(as(starter), workspace, "start");
  const row = await rowOf(key);
  expect(row).toMatchObject({ scopes, minted_by: starter.slice(0, 10), expires_at: (await rowOf(starter)).expires_at });
  const template = as(key);
  expect((await template("GET", `/api/v2/workspaces/${workspace}`)).status).toBe(200);
  expect((await template("GET", "/api/v2/users/me")).status).not.toBe(200);
  expect((await template("POST", `/api/v2/workspaces/${workspace}/builds`, { transition: "delete" })).status).toBe(403);
  const minted = await template("POST", "/api/v2/users/me/keys/tokens", { scopes: ["coder:all"], allow_list: [`workspace:${workspace}`] });
  expect([minted.status, minted.json.validations]).toEqual([403, [{ field: "scopes", detail: "coder:all" }]]);
  // A key that it hands on is narrowed with it, and ends with it.
  const child = await template("POST", "/api/v2/users/me/keys/tokens", {
    scopes: ["workspace:read"],
    allow_list: [`workspace:${workspace}`],
  });
  expect(await lives(child.json.key)).toBe(true);
  expect((await world.call("DELETE", `/api/v2/users/me/keys/${starter.slice(0, 10)}`)).status).toBe(204);
  expect([await lives(key), await lives(child.json.key)]).toEqual([false, false]);
});

for (const { what, scopes, isGiven } of [
  { what: "cannot read what is personal to the owner, withholds it from the template", scopes: ["workspace:*"], isGiven: false },
  { what: "can read what is personal to the owner, hands it on", scopes: ["workspace:*", "user:read_personal"], isGiven: true },
]) {
  test(`a build by a token that ${what}`, async () => {
    const workspace = await newWorkspace();
    const starter = await mint({ scopes, lifetime: 3_600e9 });
    const asked = await as(starter)("POST", `/api/v2/workspaces/${workspace}/builds`, { transition: "start" });
    expect((await buildsSshKey()) !== "").toBe(isGiven);
    const log = (await world.call("GET", `/api/v2/workspacebuilds/${asked.json.id}/logs`)).text;
    expect(log.includes("does not grant `user:read_personal`")).toBe(!isGiven);
  });
}

for (const { who, roles, isGiven } of [
  { who: "an administrator of the organization", roles: [], isGiven: false },
  { who: "another owner of the deployment", roles: ["owner"], isGiven: true },
]) {
  test(`a build for somebody else by ${who} ${isGiven ? "is like the owner's own build" : "gives its template nothing of the owner's"}`, async () => {
    const workspace = await newWorkspace();
    const other = await addPerson(world, { roles, memberRoles: ["organization-admin"] });
    const starters = [other.call, as((await other.call("POST", "/api/v2/users/me/keys/tokens", { lifetime: 3_600e9 })).json.key)];
    for (const start of starters) {
      const asked = await start("POST", `/api/v2/workspaces/${workspace}/builds`, { transition: "start" });
      expect(asked.status, asked.text).toBe(201);
      const job = await daemon.acquire();
      await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources: [] } } });
      const metadata = job.type.case === "workspaceBuild" ? job.type.value.metadata : undefined;
      expect([metadata?.workspaceOwnerSessionToken !== "", metadata?.workspaceOwnerSshPrivateKey !== ""]).toEqual([isGiven, isGiven]);
      const log = (await world.call("GET", `/api/v2/workspacebuilds/${asked.json.id}/logs`)).text;
      expect(log.includes("Someone other than the workspace's owner")).toBe(!isGiven);
    }
  });
}

test("a build that a token requested gets nothing if the token has ended before the build runs", async () => {
  const workspace = await newWorkspace();
  for (const end of [
    (key: string) => world.call("DELETE", `/api/v2/users/me/keys/${key.slice(0, 10)}`),
    (key: string) => world.call("PUT", `/api/v2/users/me/keys/${key.slice(0, 10)}/expire`),
  ]) {
    const starter = await mint({ lifetime: 3_600e9 });
    expect((await as(starter)("POST", `/api/v2/workspaces/${workspace}/builds`, { transition: "start" })).status).toBe(201);
    expect((await end(starter)).status).toBe(204);
    expect(await build()).toBe("");
  }
});

test("narrowing a token while its build waits narrows what the build gets", async () => {
  const workspace = await newWorkspace();
  const starter = await mint({ token_name: "narrowed", lifetime: 3_600e9 });
  expect((await as(starter)("POST", `/api/v2/workspaces/${workspace}/builds`, { transition: "start" })).status).toBe(201);
  await world.call("PATCH", "/api/v2/users/me/keys/tokens/narrowed", { scopes: ["workspace:read"] });
  expect(await rowOf(await build())).toMatchObject({ scopes: ["workspace:read"] });
});

test("a workspace that restarts itself keeps its rights, but not for longer", async () => {
  const workspace = await newWorkspace();
  const first = await transition(as(world.sessionToken), workspace, "start");
  const { expires_at } = await rowOf(first);
  clockMs += HOUR;
  let key = first;
  for (let round = 0; round < 3; round += 1) {
    const next = await transition(as(key), workspace, "start");
    expect(await lives(key)).toBe(false);
    expect(await rowOf(next)).toMatchObject({ scopes: ["coder:all"], expires_at });
    key = next;
  }
  expect(await transition(as(world.sessionToken), workspace, "stop")).toBe("");
  expect(await lives(key)).toBe(false);
});

test("a key minted by the workspace's former key can restart the build, and the new key keeps the limits of the chain", async () => {
  const workspace = await newWorkspace();
  const first = await transition(as(world.sessionToken), workspace, "start");
  const { json } = await as(first)("POST", "/api/v2/users/me/keys/tokens", {
    scopes: ["workspace:start", "workspace:read", "template:read"],
  });
  const next = await transition(as(json.key), workspace, "start");
  expect([await lives(first), await lives(json.key), await lives(next)]).toEqual([false, false, true]);
  expect(await rowOf(next)).toMatchObject({ scopes: ["workspace:start", "workspace:read", "template:read"] });
});

test("the import of a pushed template sees nobody's key", async () => {
  const pushed = await mint({ scopes: ["coder:templates.author", "organization:read"] });
  const file = await call(world.url, "POST", "/api/v2/files", await tarOf({ "main.tf": "# empty\n" }), {
    "Coder-Session-Token": pushed,
    "Content-Type": "application/x-tar",
  });
  expect([200, 201]).toContain(file.status);
  const { status, text } = await as(pushed)("POST", "/api/v2/organizations/default/templateversions", {
    storage_method: "file",
    provisioner: "terraform",
    file_id: file.json.hash,
  });
  expect(status, text).toBe(201);
  const job = await daemon.acquire();
  expect(job.type.case).toBe("templateImport");
  expect(sessionTokenOf(job)).toBe("");
  await daemon.complete({ jobId: job.jobId, type: { case: "templateImport", value: {} } });
  await pushVersion(world);
  expect(sessionTokenOf(await daemon.acquire())).toBe("");
});
