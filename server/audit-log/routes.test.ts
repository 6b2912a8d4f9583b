import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuditLog, AuditLogResponse } from "#sdk/audit.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { call, OWNER, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

async function find(q: string, headers?: Record<string, string>): Promise<AuditLog[]> {
  const { status, json } = await world.call("GET", `/api/v2/audit?q=${encodeURIComponent(q)}`, undefined, headers);
  expect(status, q).toBe(200);
  expectShape(AuditLogResponse, json);
  expect(json.count).toBe(json.audit_logs.length);
  return json.audit_logs;
}

test("an entry tells the request, the key and the browser that made the change", async () => {
  const headers = { "User-Agent": "curl/8 of a tester" };
  const made = await world.call("POST", "/api/v2/organizations/default/provisionerkeys", { name: "remote" }, headers);
  expect(made.status).toBe(201);
  const [entry, ...others] = await find(`request_id:${made.headers.get("x-coder-request-id")}`);
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    action: "create",
    resource_type: "provisioner_key",
    resource_target: "remote",
    user_agent: "curl/8 of a tester",
    ip: "127.0.0.1",
    api_key_id: world.sessionToken.slice(0, 10),
    status_code: 200,
    description: "ann created provisioner key remote",
    is_deleted: false,
    organization: { name: "default" },
    user: { username: "ann", email: OWNER.email },
    diff: { name: { new: "remote", secret: false }, hashed_secret: { old: "", new: "", secret: true } },
  });
  expect(JSON.stringify(entry)).not.toContain(made.json.key);
  expect((await world.call("DELETE", "/api/v2/organizations/default/provisionerkeys/remote")).status).toBe(204);
  expect((await find("provisioner_key")).map(({ action, is_deleted }) => [action, is_deleted])).toEqual([
    ["delete", true],
    ["create", true],
  ]);
});

test("signing in says who, or that it failed, and tells a stranger nothing", async () => {
  const login = (email: string, password: string) => call(world.url, "POST", "/api/v2/users/login", { email, password });
  const wrong = await login(OWNER.email, "wrong");
  const unknown = await login("nobody@example.com", "wrong");
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(wrong.text).toBe(unknown.text);
  const good = await login(OWNER.email, OWNER.password);
  const out = await world.call("POST", "/api/v2/users/logout", undefined, { "Coder-Session-Token": good.json.session_token });
  expect(out.status).toBe(200);
  const entries = (await find("api_key"))
    .slice(0, 4)
    .map(({ description, status_code, user }) => [description, status_code, user?.username]);
  expect(entries).toEqual([
    ["ann signed out", 200, "ann"],
    ["ann signed in", 200, "ann"],
    ["somebody unknown was refused to sign in", 401, undefined],
    ["ann was refused to sign in", 401, "ann"],
  ]);
  expect((await find("action:register username:me")).map(({ description }) => description)).toEqual(["ann registered"]);
});

test("a workspace's entries say what its agents may do, and lead to it while it is there", async () => {
  const template = await makeTemplate(world, daemon, { name: "dev" });
  const { workspace } = await startWorkspace(world, daemon, template);
  const [start] = await find("resource_type:workspace_build action:start");
  expect(start).toMatchObject({
    description: `ann started workspace ${workspace.name}`,
    resource_link: `/@ann/${workspace.name}/builds/1`,
    resource_target: workspace.name,
    additional_fields: { workspace_name: workspace.name, workspace_owner: "ann", build_number: "1", build_reason: "initiator" },
  });
  const agents = await find("resource_type:workspace_agent");
  expect(agents.map(({ resource_target, diff }) => [resource_target, diff.api_key_scope?.new]).toSorted()).toEqual([
    ["all", "all"],
    ["no-user-data", "no_user_data"],
  ]);
  expect(agents.every(({ request_id }) => request_id === start?.request_id)).toBe(true);
  expect((await find("resource_type:template action:create")).map(({ resource_link }) => resource_link)).toEqual(["/templates/dev"]);

  await world.client.createWorkspaceBuild(workspace.id, { transition: "delete" });
  const job = await daemon.acquire();
  await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: new Uint8Array() } } });
  const gone = await find(`resource_target:${workspace.name}`);
  expect(gone.map(({ description }) => description)).toEqual([
    `ann deleted workspace ${workspace.name}`,
    `ann began to delete workspace ${workspace.name}`,
    `ann started workspace ${workspace.name}`,
    `ann created workspace ${workspace.name}`,
  ]);
  expect(gone.every(({ is_deleted, resource_link }) => is_deleted && resource_link === "")).toBe(true);
});

test("pages are cut by limit, offset and after_id, and count what matches", async () => {
  const page = async (query: string) => (await world.call("GET", `/api/v2/audit?${query}`)).json;
  const all = await page("");
  expect(all.count).toBe(all.audit_logs.length);
  expect(all.count_cap).toBe(2_000);
  const cut = await page("limit=2&offset=1");
  expect(cut).toMatchObject({ count: all.count, audit_logs: [{ id: all.audit_logs[1].id }, { id: all.audit_logs[2].id }] });
  const after = await page(`limit=1&after_id=${all.audit_logs[1].id}`);
  expect(after.audit_logs).toEqual([all.audit_logs[2]]);
});

test("dates are whole days in UTC", async () => {
  const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const all = (await find("")).length;
  expect(await find(`date_from:${day(-1)} date_to:${day(0)}`)).toHaveLength(all);
  expect(await find(`date_to:${day(-2)}`)).toEqual([]);
  expect(await find(`date_from:${day(2)}`)).toEqual([]);
});

for (const { query, field } of [
  { query: "q=colour:red", field: "colour" },
  { query: "q=:red", field: "q" },
  { query: "q=action:paint", field: "action" },
  { query: "q=spaceship", field: "resource_type" },
  { query: "q=resource_id:7", field: "resource_id" },
  { query: "q=request_id:x", field: "request_id" },
  { query: "q=date_from:yesterday", field: "date_from" },
  { query: "q=date_to:2026-02-30", field: "date_to" },
  { query: "q=build_reason:boredom", field: "build_reason" },
  { query: "limit=-1", field: "limit" },
  { query: "after_id=7", field: "after_id" },
  { query: "after_id=5b4a3b1e-0d7e-4f6f-9b43-3a0b8f6f2a11", field: "after_id" },
]) {
  test(`?${query} is refused on ${field}`, async () => {
    const { status, json } = await world.call("GET", `/api/v2/audit?${query}`);
    expect(status).toBe(400);
    expect(json.validations.map((one: { field: string }) => one.field)).toEqual([field]);
  });
}

test("a member may not read it, nor a token that was not given to, nor anybody unknown", async () => {
  const [{ id: organizationId } = { id: "" }] = await world.client.listOrganizations();
  const member = { email: "milo@example.com", username: "milo", password: OWNER.password };
  const made = await world.call("POST", "/api/v2/users", { ...member, login_type: "password", organization_ids: [organizationId] });
  expect(made.status).toBe(201);
  const { json } = await call(world.url, "POST", "/api/v2/users/login", member);
  const refused = await world.call("GET", "/api/v2/audit", undefined, { "Coder-Session-Token": json.session_token });
  expect(refused).toMatchObject({ status: 403, json: { detail: expect.stringContaining("needs `audit_log:read`") } });
  const token = await world.call("POST", "/api/v2/users/me/keys/tokens", { token_name: "narrow", scopes: ["workspace:read"] });
  expect(token.status).toBe(201);
  expect((await world.call("GET", "/api/v2/audit", undefined, { "Coder-Session-Token": token.json.key })).status).toBe(403);
  expect((await call(world.url, "GET", "/api/v2/audit")).status).toBe(401);
  const [minted] = await find("resource_type:api_key resource_target:narrow");
  expect(minted).toMatchObject({ action: "create", diff: { scopes: { new: ["workspace:read"] }, allow_list: { new: ["*:*"] } } });

  const minter = await world.call("POST", "/api/v2/users/me/keys/tokens", { token_name: "minter", scopes: ["api_key:create"] });
  const beyond = { token_name: "beyond", scopes: ["workspace:delete"] };
  const minting = { "Coder-Session-Token": minter.json.key };
  expect((await world.call("POST", "/api/v2/users/me/keys/tokens", beyond, minting)).status).toBe(403);
  const [refusal] = await find("resource_target:beyond");
  expect(refusal).toMatchObject({
    action: "create",
    status_code: 403,
    api_key_id: minter.json.key.slice(0, 10),
    is_deleted: false,
    description: "ann was refused to create API key beyond",
    additional_fields: { asked: { scopes: ["workspace:delete"] } },
  });

  const [created] = await find("resource_type:user resource_target:milo");
  expect(created).toMatchObject({ action: "create", description: "ann created user milo", resource_link: "/users?filter=milo" });
});
