import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { AuthorizationExplanation } from "#sdk/authcheck.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

const CHECK = "/api/v2/authcheck";

async function worldWithTemplate(opened: AsyncDisposableStack): Promise<{ world: ServerWorld; template: string; workspace: string }> {
  const world = opened.use(await openServerWorld());
  const daemon = opened.use(playDaemon({ url: world.url, key: world.server.builtInDaemonKey }));
  const template = await makeTemplate(world, daemon);
  const { workspace } = await startWorkspace(world, daemon, template);
  return { world, template: template.id, workspace: workspace.id };
}

test("answers each check under its own name, in the form that clients know", async () => {
  await using opened = new AsyncDisposableStack();
  const { world, template, workspace } = await worldWithTemplate(opened);
  const { status, json } = await world.call("POST", CHECK, {
    checks: {
      "any workspace": { object: { resource_type: "workspace" }, action: "read" },
      mine: { object: { resource_type: "workspace", owner_id: "me" }, action: "create" },
      "in any organization": { object: { resource_type: "template", any_org: true }, action: "create" },
      this: { object: { resource_type: "workspace", resource_id: workspace }, action: "ssh" },
      template: { object: { resource_type: "template", resource_id: template, owner_id: null }, action: "update" },
      missing: { object: { resource_type: "workspace", resource_id: randomUUID() }, action: "read" },
      group: { object: { resource_type: "group", resource_id: randomUUID() }, action: "read" },
      "no such action": { object: { resource_type: "workspace" }, action: "fly" },
      "not here": { object: { resource_type: "license" }, action: "read" },
      "in one and any": { object: { resource_type: "template", any_org: true, organization_id: randomUUID() }, action: "read" },
    },
  });
  expect(status).toBe(200);
  expect(json).toEqual({
    "any workspace": true,
    mine: true,
    "in any organization": true,
    this: true,
    template: true,
    missing: false,
    group: false,
    "no such action": false,
    "not here": false,
    "in one and any": false,
  });
});

test("answers no checks with no answers", async () => {
  await using world = await openServerWorld();
  expect((await world.call("POST", CHECK, { checks: {} })).json).toEqual({});
});

for (const { what, check, field } of [
  { what: "an unknown type", check: { object: { resource_type: "spaceship" }, action: "read" }, field: "checks.a.object.resource_type" },
  { what: "no type", check: { object: {}, action: "read" }, field: "checks.a.object.resource_type" },
  { what: "an empty type", check: { object: { resource_type: "" }, action: "read" }, field: "checks.a.object.resource_type" },
  { what: "an id that is no UUID", check: { object: { resource_type: "workspace", resource_id: "x" }, action: "read" }, field: undefined },
  {
    what: "an id of a type without lookup",
    check: { object: { resource_type: "api_key", resource_id: randomUUID() }, action: "read" },
    field: "checks.a.object.resource_id",
  },
]) {
  test(`refuses ${what} with 400`, async () => {
    await using world = await openServerWorld();
    const { status, json } = await world.call("POST", CHECK, { checks: { a: check } });
    expect(status).toBe(400);
    expect(json.validations?.[0]?.field).toBe(field);
  });
}

test("refuses more checks than any page asks", async () => {
  await using world = await openServerWorld();
  const checks = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [index, { object: { resource_type: "user" }, action: "read" }]));
  expect((await world.call("POST", CHECK, { checks: checks(500) })).status).toBe(200);
  expect((await world.call("POST", CHECK, { checks: checks(501) })).status).toBe(400);
});

test("explains what is allowed with the scope that the key has", async () => {
  await using world = await openServerWorld();
  const { status, json } = await world.call("POST", `${CHECK}/explain`, { object: { resource_type: "workspace" }, action: "start" });
  expect(status).toBe(200);
  expectShape(AuthorizationExplanation, json);
  expect(json).toEqual({
    allowed: true,
    permission: "workspace:start",
    refused_by: [],
    scope: { names: ["coder:all"], permissions: ["*:*"], allow_list: ["*:*"], defaults: [] },
    ceilings: [],
  });
});

test("refuses hidden objects like missing ones, unknown actions, and two kinds of organization", async () => {
  await using world = await openServerWorld();
  const explain = (object: object, action = "read") => world.call("POST", `${CHECK}/explain`, { object, action });
  const missing = await explain({ resource_type: "workspace", resource_id: randomUUID() });
  expect(missing.status).toBe(404);
  expect(missing.text).toBe((await world.call("GET", `/api/v2/workspaces/${randomUUID()}`)).text);
  expect((await explain({ resource_type: "audit_log" }, "fly")).json.validations).toEqual([
    { field: "action", detail: "Expected one of: create, read." },
  ]);
  expect((await explain({ resource_type: "template", any_org: true, organization_id: randomUUID() })).status).toBe(400);
  expect((await explain({ resource_type: "spaceship" })).status).toBe(400);
});
