import { Type } from "typebox";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import type { Template } from "#sdk/templates.ts";
import { WorkspaceAgent } from "#sdk/workspace-agents.ts";
import { WorkspaceBuild } from "#sdk/workspace-builds.ts";
import { WorkspaceResource } from "#sdk/workspace-resources.ts";
import { Workspace, WorkspacesResponse } from "#sdk/workspaces.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
let template: Template;
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  template = await makeTemplate(world, daemon, {
    name: "main",
    found: { richParameters: [{ name: "size", type: "number", mutable: true, defaultValue: "1", validationMin: 1, validationMax: 9 }] },
  });
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

test("a workspace is created, runs, is stopped and is deleted", async () => {
  const created = await world.client.createWorkspace("me", {
    name: "life",
    template_id: template.id,
    rich_parameter_values: [{ name: "size", value: "3" }],
    ttl_ms: 3_600_000,
    autostart_schedule: "CRON_TZ=Europe/Berlin 30 9 * * 1-5",
  });
  expectShape(Workspace, created);
  expect(created).toMatchObject({ name: "life", owner_name: "ann", template_name: "main", outdated: false, ttl_ms: 3_600_000 });
  expect(created.latest_build).toMatchObject({
    build_number: 1,
    transition: "start",
    status: "pending",
    matched_provisioners: { count: 1 },
  });
  const busy = await world.call("POST", `/api/v2/workspaces/${created.id}/builds`, { transition: "stop" });
  expect(busy.status).toBe(409);

  await buildNext(daemon);
  const running = await world.client.getWorkspace(created.id);
  expectShape(Workspace, running);
  expect(running.latest_build.status).toBe("running");
  const [resource] = running.latest_build.resources;
  expect(resource).toMatchObject({ type: "null_resource", metadata: [{ key: "password", value: "", sensitive: true }] });
  expect(resource?.agents?.map(({ name, status }) => [name, status])).toEqual([
    ["all", "connecting"],
    ["no-user-data", "connecting"],
  ]);
  expect(await world.client.getWorkspaceByName("ann", "LIFE")).toEqual(running);
  expect((await world.call("GET", `/api/v2/workspacebuilds/${running.latest_build.id}/parameters`)).json).toEqual([
    { name: "size", value: "3" },
  ]);
  const resources = await world.client.listWorkspaceBuildResources(running.latest_build.id);
  expectShape(Type.Array(WorkspaceResource), resources);
  expect(resources).toEqual(running.latest_build.resources);
  expect(Buffer.from(await world.client.getWorkspaceBuildState(running.latest_build.id)).toString()).toBe("{}");

  const stop = await world.client.createWorkspaceBuild(created.id, { transition: "stop" });
  expectShape(WorkspaceBuild, stop);
  expect(stop).toMatchObject({ build_number: 2, transition: "stop", status: "pending" });
  await buildNext(daemon, []);
  expect((await world.client.getWorkspaceBuild(stop.id)).status).toBe("stopped");
  expect((await world.client.getWorkspaceBuildByNumber("me", "life", 2)).id).toBe(stop.id);
  expect((await world.client.listWorkspaceBuilds(created.id)).map(({ build_number }) => build_number)).toEqual([2, 1]);
  expect(await world.client.listWorkspaceBuilds(created.id, { limit: 1, offset: 1 })).toMatchObject([{ build_number: 1 }]);

  await world.client.createWorkspaceBuild(created.id, { transition: "delete" });
  await buildNext(daemon, []);
  await expect(world.client.getWorkspace(created.id)).rejects.toMatchObject({ status: 410 });
  expect((await world.client.getWorkspace(created.id, { include_deleted: true })).latest_build.status).toBe("deleted");
  await expect(world.client.getWorkspaceByName("me", "life")).rejects.toMatchObject({ status: 404 });
  await expect(world.client.createWorkspaceBuild(created.id, { transition: "start" })).rejects.toMatchObject({ status: 409 });
  expect((await world.client.listWorkspaces({ q: "name:life" })).count).toBe(0);
});

const SIZE = { name: "size", value: "3" };
for (const { what, request, status, field } of [
  { what: "no template", request: { template_id: "00000000-0000-0000-0000-000000000000" }, status: 400 },
  { what: "an unknown template", request: { template_id: "11111111-1111-4111-8111-111111111111" }, status: 404 },
  { what: "a bad name", request: { name: "-x-" }, status: 400, field: "name" },
  { what: "a reserved name", request: { name: "create" }, status: 400, field: "name" },
  { what: "a time to live that is too short", request: { ttl_ms: 1_000 }, status: 400, field: "ttl_ms" },
  { what: "an invalid schedule", request: { autostart_schedule: "every morning" }, status: 400, field: "schedule" },
  { what: "an unknown parameter", request: { rich_parameter_values: [{ name: "colour", value: "red" }] }, status: 400 },
  { what: "a parameter out of range", request: { rich_parameter_values: [{ name: "size", value: "10" }] }, status: 400 },
  { what: "two values for one parameter", request: { rich_parameter_values: [SIZE, SIZE] }, status: 400, field: "size" },
]) {
  test(`refuses a workspace with ${what}`, async () => {
    const answer = await world.call("POST", "/api/v2/users/me/workspaces", { name: "refused", template_id: template.id, ...request });
    expect([answer.status, answer.json.message]).toEqual([status, expect.any(String)]);
    if (field !== undefined) expect(answer.json.validations).toMatchObject([{ field }]);
    expect((await world.client.listWorkspaces({ q: "name:refused" })).count).toBe(0);
  });
}

test("refuses a build with two values for one parameter, and makes none", async () => {
  const { workspace } = await startWorkspace(world, daemon, template);
  const request = { transition: "stop", rich_parameter_values: [SIZE, { ...SIZE, value: "4" }] };
  const answer = await world.call("POST", `/api/v2/workspaces/${workspace.id}/builds`, request);
  expect(answer).toMatchObject({ status: 400, json: { validations: [{ field: "size" }] } });
  expect((await world.client.getWorkspace(workspace.id)).latest_build.build_number).toBe(workspace.latest_build.build_number);
});

test("a name can be used only once at a time", async () => {
  const { workspace } = await startWorkspace(world, daemon, template);
  const again = await world.call("POST", "/api/v2/users/me/workspaces", { name: workspace.name.toUpperCase(), template_id: template.id });
  expect([again.status, again.json.validations[0].field]).toEqual([409, "name"]);
  await expect(world.client.deleteTemplate(template.id)).rejects.toMatchObject({ status: 400 });
});

test("a workspace can be created from one version of its template", async () => {
  const workspace = await world.client.createWorkspace("me", { name: "by-version", template_version_id: template.active_version_id });
  await buildNext(daemon);
  expect(workspace).toMatchObject({ template_id: template.id, latest_build: { template_version_id: template.active_version_id } });
});

test("finds workspaces by name, owner, template and status, in pages", async () => {
  await using fresh = await openServerWorld();
  using played = playDaemon({ url: fresh.url, key: fresh.server.builtInDaemonKey });
  const only = await makeTemplate(fresh, played, { name: "only" });
  for (const name of ["api", "app", "web"]) {
    await fresh.client.createWorkspace("me", { name, template_id: only.id });
    await buildNext(played);
  }
  const found = async (q: string) => (await fresh.client.listWorkspaces({ q })).workspaces.map(({ name }) => name);
  expectShape(WorkspacesResponse, await fresh.client.listWorkspaces());
  expect(await found("")).toEqual(["api", "app", "web"]);
  expect(await found("ap")).toEqual(["api", "app"]);
  expect(await found("ann/app")).toEqual(["app"]);
  expect(await found("owner:me template:only status:running")).toEqual(["api", "app", "web"]);
  expect(await found("status:stopped")).toEqual([]);
  expect(await found("template:other")).toEqual([]);
  for (const q of ["", "status:running"]) {
    const page = await fresh.client.listWorkspaces({ q, limit: 1, offset: 1 });
    expect([page.count, page.workspaces.map(({ name }) => name)]).toEqual([3, ["app"]]);
  }
  await expect(fresh.client.listWorkspaces({ q: "status:asleep" })).rejects.toMatchObject({
    status: 400,
    validations: [{ field: "status" }],
  });
  await expect(fresh.client.listWorkspaces({ q: "owner:nobody" })).rejects.toMatchObject({ status: 400 });
});

test("cancels a waiting build at once, and a running one through its daemon", async () => {
  const { id, latest_build: waiting } = await world.client.createWorkspace("me", { name: "cancel", template_id: template.id });
  await expect(world.client.cancelWorkspaceBuild(waiting.id, { expect_status: "running" })).rejects.toMatchObject({ status: 412 });
  expect((await world.call("PATCH", `/api/v2/workspacebuilds/${waiting.id}/cancel?expect_status=done`)).status).toBe(400);
  await world.client.cancelWorkspaceBuild(waiting.id, { expect_status: "pending" });
  expect((await world.client.getWorkspaceBuild(waiting.id)).status).toBe("canceled");
  await expect(world.client.cancelWorkspaceBuild(waiting.id)).rejects.toMatchObject({ status: 400 });

  const running = await world.client.createWorkspaceBuild(id, { transition: "start" });
  const { jobId } = await daemon.acquire();
  await world.client.cancelWorkspaceBuild(running.id);
  expect((await world.client.getWorkspaceBuild(running.id)).status).toBe("canceling");
  expect(await daemon.update({ jobId })).toMatchObject({ canceled: true });
  await daemon.fail({ jobId, error: "", type: { case: "workspaceBuild", value: {} } });
  expect((await world.client.getWorkspaceBuild(running.id)).status).toBe("canceled");
});

test("refuses invalid builds", async () => {
  const { workspace } = await startWorkspace(world, daemon, template);
  const build = (body: object) => world.call("POST", `/api/v2/workspaces/${workspace.id}/builds`, body);
  for (const body of [
    {},
    { transition: "explode" },
    { transition: "start", orphan: true },
    { transition: "delete", orphan: true, state: "e30=" },
    { transition: "start", state: "not base64!" },
    { transition: "start", dry_run: true },
  ])
    expect([body, (await build(body)).status]).toEqual([body, 400]);
  expect((await world.call("GET", `/api/v2/users/me/workspace/${workspace.name}/builds/one`)).status).toBe(400);
  expect((await world.call("GET", `/api/v2/users/me/workspace/${workspace.name}/builds/99`)).status).toBe(404);
  expect((await world.client.listWorkspaceBuilds(workspace.id)).length).toBe(1);
});

test("follows a build's log, and shows an agent and its log", async () => {
  const { id, latest_build: build } = await world.client.createWorkspace("me", { name: "logs", template_id: template.id });
  const job = await daemon.acquire();
  await daemon.update({
    jobId: job.jobId,
    logs: [{ level: 2, source: 1, stage: "Applying", output: "one", createdAt: BigInt(Date.now()) }],
  });
  await daemon.update({
    jobId: job.jobId,
    logs: [{ level: 2, source: 1, stage: "Applying", output: `TOKEN=${formatSecret("agent")}`, createdAt: BigInt(Date.now()) }],
  });
  await daemon.fail({ jobId: job.jobId, error: "no machine left", type: { case: "workspaceBuild", value: {} } });
  const lines = await Array.fromAsync(world.client.followWorkspaceBuildLogs(build.id));
  expect(lines.map(({ output }) => output)).toEqual(expect.arrayContaining(["one", "TOKEN=pva_..."]));
  expect((await world.client.getWorkspace(id)).latest_build).toMatchObject({ status: "failed", job: { error: "no machine left" } });

  const { workspace } = await startWorkspace(world, daemon, template);
  const [shown] = workspace.latest_build.resources.flatMap(({ agents = [] }) => agents);
  const agent = await world.client.getWorkspaceAgent(shown?.id ?? "");
  expectShape(WorkspaceAgent, agent);
  expect(agent).toMatchObject({ name: "all", operating_system: "linux", lifecycle_state: "created", health: { healthy: true } });
  expect(await world.client.listWorkspaceAgentLogs(agent.id)).toEqual([]);
  expect((await world.call("GET", `/api/v2/workspaceagents/${agent.id}/logs?after=-1`)).status).toBe(400);
});
