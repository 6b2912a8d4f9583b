import { expect, test } from "vitest";
import { playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { type Answer, call, openServerWorld, type ServerWorld, tarOf } from "#test/server/server-world.ts";

/** A token of the owner, or of the user of the other token. */
async function mint(world: ServerWorld, request: object, by = world.sessionToken): Promise<string> {
  const { status, json, text } = await call(world.url, "POST", "/api/v2/users/me/keys/tokens", request, { "Coder-Session-Token": by });
  expect(status, text).toBe(201);
  return json.key;
}

function as(world: ServerWorld, token: string): (method: string, path: string, body?: unknown) => Promise<Answer> {
  return (method, path, body) => call(world.url, method, path, body, { "Coder-Session-Token": token });
}

async function openWorld(opened: AsyncDisposableStack) {
  const world = opened.use(await openServerWorld());
  const daemon = opened.use(playDaemon({ url: world.url, key: world.server.builtInDaemonKey }));
  const template = await makeTemplate(world, daemon);
  const { workspace } = await startWorkspace(world, daemon, template);
  return { world, template, workspace };
}

const START = { transition: "start" };

function forbidden(detail: string): object {
  return { status: 403, json: { message: "Forbidden.", detail } };
}

test("a scope that refuses is named, with the smallest one that would grant it", async () => {
  await using opened = new AsyncDisposableStack();
  const { world, workspace } = await openWorld(opened);
  const ask = as(world, await mint(world, { scopes: ["workspace:read"] }));
  expect(await ask("POST", `/api/v2/workspaces/${workspace.id}/builds`, START)).toMatchObject(
    forbidden("needs `workspace:start`: scope: none of the token's scopes grants it (the smallest that does is `workspace:start`)"),
  );
  // No smaller public scope grants this action.
  expect(await ask("POST", "/api/v2/organizations/default/provisionerkeys", { name: "k" })).toMatchObject(
    forbidden("needs `provisioner_daemon:create`: scope: none of the token's scopes grants it (the smallest that does is `coder:all`)"),
  );
});

test("an allow list that refuses is named, and so is the entry that would admit a new object", async () => {
  await using opened = new AsyncDisposableStack();
  const { world, workspace } = await openWorld(opened);
  const token = await mint(world, { scopes: ["file:create", "user:read_personal"], allow_list: [`workspace:${workspace.id}`] });
  const upload = await fetch(`${world.url}/api/v2/files`, {
    method: "POST",
    headers: { "Coder-Session-Token": token, "Content-Type": "application/x-tar" },
    body: await tarOf({ "main.tf": "# empty\n" }),
  });
  expect({ status: upload.status, json: await upload.json() }).toEqual(
    forbidden("needs `file:create`: allow list: only `file:*` admits objects without an ID"),
  );
  expect(await as(world, token)("GET", "/api/v2/users/me/gitsshkey")).toMatchObject(
    forbidden("needs `user:read_personal`: allow list: this user is not on it"),
  );
});

test("a boundary that refuses is named, but not its content", async () => {
  await using opened = new AsyncDisposableStack();
  const { world, workspace } = await openWorld(opened);
  const parent = await mint(world, { token_name: "parent", scopes: ["coder:all"] });
  const child = as(world, await mint(world, { scopes: ["workspace:read", "workspace:start"] }, parent));
  const build = `/api/v2/workspaces/${workspace.id}/builds`;
  expect((await child("POST", build, START)).status).not.toBe(403);
  expect((await world.call("PATCH", "/api/v2/users/me/keys/tokens/parent", { scopes: ["workspace:read", "workspace:stop"] })).status).toBe(
    200,
  );
  expect(await child("POST", build, START)).toMatchObject(
    forbidden("needs `workspace:start`: boundary: a token that this one descends from may not hand this on"),
  );
  expect((await child("GET", `/api/v2/workspaces/${workspace.id}`)).status).toBe(200);
});

test("a role that refuses is named together with everything else that refuses", async () => {
  await using opened = new AsyncDisposableStack();
  const { world, template } = await openWorld(opened);
  const password = "Correct horse 9 battery!";
  const organization_ids = [template.organization_id];
  const bob = { email: "bob@example.com", username: "bob", password, login_type: "password", organization_ids };
  expect((await world.call("POST", "/api/v2/users", bob)).status).toBe(201);
  const { json } = await call(world.url, "POST", "/api/v2/users/login", { email: bob.email, password });
  const path = `/api/v2/templates/${template.id}`;
  const role = "role: none of your roles allows it here";
  expect(await as(world, json.session_token)("DELETE", path)).toMatchObject(forbidden(`needs \`template:delete\`: ${role}`));
  const narrow = as(world, await mint(world, { scopes: ["template:read"] }, json.session_token));
  expect(await narrow("DELETE", path)).toMatchObject(
    forbidden(
      `needs \`template:delete\`: ${role}; scope: none of the token's scopes grants it (the smallest that does is \`template:delete\`)`,
    ),
  );
});

test("an object that may not be seen is refused like a missing one, without a reason", async () => {
  await using opened = new AsyncDisposableStack();
  const { world, template, workspace } = await openWorld(opened);
  const missing = await world.call("GET", "/api/v2/workspaces/00000000-0000-4000-8000-000000000000");
  const ask = as(world, await mint(world, { scopes: ["workspace:start", "template:delete"] }));
  for (const [method, path, body] of [
    ["GET", `/api/v2/workspaces/${workspace.id}`, undefined],
    ["POST", `/api/v2/workspaces/${workspace.id}/builds`, { transition: "stop" }],
    ["GET", `/api/v2/templates/${template.id}`, undefined],
  ] as const) {
    const { status, text } = await ask(method, path, body);
    expect([path, status, text]).toEqual([path, 404, missing.text]);
  }
  expect(missing.json).toEqual({ message: expect.any(String) });
});

test("explains the same to a program", async () => {
  await using opened = new AsyncDisposableStack();
  const { world, workspace } = await openWorld(opened);
  const ask = as(world, await mint(world, { scopes: ["coder:workspaces.access"], allow_list: [`workspace:${workspace.id}`] }));
  const explain = (object: object, action: string) => ask("POST", "/api/v2/authcheck/explain", { object, action });
  const scope = {
    names: ["coder:workspaces.access"],
    permissions: expect.arrayContaining(["workspace:ssh", "template:read"]),
    allow_list: [`workspace:${workspace.id}`],
    defaults: ["organization_member:read", "template:read"],
  };
  expect((await explain({ resource_type: "workspace", resource_id: workspace.id }, "ssh")).json).toEqual({
    allowed: true,
    permission: "workspace:ssh",
    refused_by: [],
    scope,
    ceilings: [],
  });
  expect((await explain({ resource_type: "workspace", resource_id: workspace.id }, "start")).json).toEqual({
    allowed: false,
    permission: "workspace:start",
    refused_by: ["scope"],
    detail: "needs `workspace:start`: scope: none of the token's scopes grants it (the smallest that does is `workspace:start`)",
    smallest_scope: "workspace:start",
    scope,
    ceilings: [],
  });
  expect((await explain({ resource_type: "workspace", owner_id: "me" }, "read")).json).toMatchObject({
    allowed: false,
    refused_by: expect.arrayContaining(["allow_list"]),
  });
  expect((await explain({ resource_type: "template", resource_id: workspace.template_id }, "read")).json.allowed).toBe(true);
});
