import { expect, test } from "vitest";
import { ALLOW_ALL, type AllowList } from "#authz/allow-list.ts";
import { isActionOf, isResourceType } from "#authz/resource-types.ts";
import { CATALOG, effectiveScope, helperPermissions, PUBLIC_SCOPES, parseScopeNames, permissionsOfScope } from "#authz/scope-catalog.ts";
import { smallestScope } from "#authz/smallest-scope.ts";

test("the public scopes are these", () => {
  expect(CATALOG.map(({ name, kind, permissions }) => `${kind} ${name}: ${permissions.join(" ")}`).join("\n")).toMatchInlineSnapshot(`
    "wildcard api_key:*: api_key:*
    low_level api_key:create: api_key:create
    low_level api_key:delete: api_key:delete
    low_level api_key:read: api_key:read
    low_level api_key:update: api_key:update
    low_level audit_log:read: audit_log:read
    special coder:all: *:*
    composite coder:apikeys.manage_self: api_key:create api_key:delete api_key:read api_key:update
    special coder:application_connect: workspace:application_connect
    composite coder:templates.author: file:create file:read template:create template:delete template:read template:update template:view_insights
    composite coder:templates.build: file:create file:read provisioner_jobs:read template:read
    composite coder:templates.push: file:create file:read provisioner_jobs:read template:create template:read template:update
    composite coder:workspaces.access: organization_member:read template:read workspace:application_connect workspace:read workspace:ssh
    composite coder:workspaces.create: organization_member:read template:read template:use workspace:create workspace:read workspace:start workspace:stop workspace:update
    composite coder:workspaces.delete: organization_member:read template:read template:use workspace:delete workspace:read
    composite coder:workspaces.operate: organization_member:read template:read workspace:read workspace:start workspace:stop workspace:update
    wildcard file:*: file:*
    low_level file:create: file:create
    low_level file:read: file:read
    wildcard organization:*: organization:*
    low_level organization:delete: organization:delete
    low_level organization:read: organization:read
    low_level organization:update: organization:update
    wildcard template:*: template:*
    low_level template:create: template:create
    low_level template:delete: template:delete
    low_level template:read: template:read
    low_level template:update: template:update
    low_level template:use: template:use
    wildcard user:*: user:*
    low_level user:read: user:read
    low_level user:read_personal: user:read_personal
    low_level user:update_personal: user:update_personal
    wildcard workspace:*: workspace:*
    low_level workspace:application_connect: workspace:application_connect
    low_level workspace:create: workspace:create
    low_level workspace:delete: workspace:delete
    low_level workspace:read: workspace:read
    low_level workspace:ssh: workspace:ssh
    low_level workspace:start: workspace:start
    low_level workspace:stop: workspace:stop
    low_level workspace:update: workspace:update"
  `);
});

test("every public name has its own description", () => {
  const lines = CATALOG.map(({ description }) => description);
  for (const line of lines) expect(line).toMatch(/^[A-Z].{8,165}\.$/);
  expect(new Set(lines).size).toBe(lines.length);
});

test("public names are sorted, and each stands for something", () => {
  expect(PUBLIC_SCOPES).toEqual([...PUBLIC_SCOPES].sort());
  for (const name of PUBLIC_SCOPES) expect(permissionsOfScope(name)).not.toHaveLength(0);
  expect(PUBLIC_SCOPES).toHaveLength(new Set(PUBLIC_SCOPES).size);
});

test("composites list actions that exist, one by one", () => {
  for (const { kind, permissions } of CATALOG) {
    if (kind !== "composite") continue;
    for (const permission of permissions) {
      const [type = "", action = ""] = permission.split(":");
      expect(isResourceType(type) && isActionOf(type, action)).toBe(true);
    }
  }
});

test("reads public names, rewrites aliases and drops duplicates, in the order of first use", () => {
  expect(parseScopeNames(["workspace:read", "all", "coder:all", "application_connect", "workspace:read"])).toEqual({
    kind: "parsed",
    names: ["workspace:read", "coder:all", "coder:application_connect"],
  });
  expect(parseScopeNames([])).toEqual({ kind: "parsed", names: [] });
});

for (const { name, nearest } of [
  { name: "workspaces:read", nearest: "workspace:read" },
  { name: "workspace.read", nearest: "workspace:read" },
  { name: "worksapce:read", nearest: "workspace:read" },
  { name: "Workspace:Read", nearest: "workspace:read" },
  { name: " workspace:read", nearest: "workspace:read" },
  { name: "workspace: read", nearest: "workspace:read" },
  { name: "workspace:read\n", nearest: "workspace:read" },
  { name: "coder:workspace.create", nearest: "coder:workspaces.create" },
  { name: "ALL", nearest: "coder:all" },
  { name: "Coder:All", nearest: "coder:all" },
  { name: "coder:application-connect", nearest: "coder:application_connect" },
  { name: "user:update", nearest: "user:read" },
  { name: "workspace:share", nearest: "workspace:start" },
  { name: "*:*", nearest: undefined },
  { name: "*", nearest: undefined },
  { name: "", nearest: undefined },
  { name: "no_user_data", nearest: undefined },
  { name: "debug_info:read", nearest: undefined },
  { name: "x".repeat(100_000), nearest: undefined },
]) {
  test(`does not know ${JSON.stringify(name.slice(0, 40))}, nearest is ${nearest}`, () =>
    expect(parseScopeNames(["workspace:read", name])).toEqual({ kind: "unknown", name, nearest }));
}

for (const { names, kind } of [
  { names: ["all"], kind: "known" },
  { names: ["coder:all"], kind: "known" },
  { names: ["debug_info:read", "group:*"], kind: "known" },
  { names: [], kind: "unknown" },
  { names: ["coder:all", "nonsense"], kind: "unknown" },
  { names: ["coder:all nonsense"], kind: "unknown" },
  { names: ["no_user_data"], kind: "unknown" },
  { names: ["*"], kind: "unknown" },
  { names: ["*:*"], kind: "unknown" },
  { names: ["*:read"], kind: "unknown" },
  { names: ["workspace:"], kind: "unknown" },
  { names: [":read"], kind: "unknown" },
  { names: ["workspace:assign"], kind: "unknown" },
  { names: ["Workspace:read"], kind: "unknown" },
  { names: [" workspace:read"], kind: "unknown" },
  { names: ["user_secret:read"], kind: "unknown" },
  { names: ["constructor:*"], kind: "unknown" },
  { names: ["toString"], kind: "unknown" },
]) {
  test(`a key that holds [${names}] has a scope that is ${kind}`, () => expect(effectiveScope(names, ALLOW_ALL).kind).toBe(kind));
}

test("an unknown scope is named, even beside known ones and when asked twice", () => {
  for (let round = 0; round < 2; round++)
    expect(effectiveScope(["coder:all", "nonsense", "all"], ALLOW_ALL)).toEqual({ kind: "unknown", names: ["nonsense"] });
});

const WORKSPACE: AllowList = [{ type: "workspace", id: "w" }];
for (const { names, list, defaults } of [
  { names: ["coder:workspaces.create"], list: ALLOW_ALL, defaults: [] },
  { names: ["coder:workspaces.create"], list: [], defaults: [] },
  {
    names: ["coder:workspaces.create"],
    list: WORKSPACE,
    defaults: ["organization_member:read", "template:read", "template:use"],
  },
  {
    names: ["coder:workspaces.create"],
    list: [...WORKSPACE, { type: "template", id: "t" }],
    defaults: ["organization_member:read"],
  },
  { names: ["coder:workspaces.create"], list: [...WORKSPACE, { type: "*", id: "x" }], defaults: [] },
  { names: ["coder:workspaces.create"], list: [{ type: "template", id: "t" }], defaults: ["organization_member:read"] },
  { names: ["coder:workspaces.operate"], list: WORKSPACE, defaults: ["organization_member:read", "template:read"] },
  {
    names: ["coder:templates.build"],
    list: [{ type: "template", id: "t" }],
    defaults: ["file:create", "file:read", "provisioner_jobs:read"],
  },
  { names: ["coder:templates.author"], list: WORKSPACE, defaults: ["file:create", "file:read"] },
  { names: ["coder:apikeys.manage_self"], list: WORKSPACE, defaults: [] },
  { names: ["template:read", "workspace:create"], list: WORKSPACE, defaults: [] },
  { names: ["coder:all"], list: WORKSPACE, defaults: [] },
] satisfies { names: string[]; list: AllowList; defaults: string[] }[]) {
  test(`[${names}] on [${list.map(({ type, id }) => `${type}:${id}`)}] has defaults [${defaults}]`, () => {
    const effective = effectiveScope(names, list);
    expect(effective.kind === "known" && effective.scope.defaults.map(({ type, action }) => `${type}:${action}`).sort()).toEqual(defaults);
  });
}

test("a composite's helpers are some of its own permissions, and never on what it is about", () => {
  for (const { name, permissions } of CATALOG)
    for (const { type, action } of helperPermissions(name)) {
      expect(permissions).toContain(`${type}:${action}`);
      expect(name).not.toContain(`${type}s.`);
    }
});

for (const { type, action, scope } of [
  { type: "workspace", action: "start", scope: "workspace:start" },
  { type: "workspace", action: "application_connect", scope: "workspace:application_connect" },
  { type: "workspace", action: "share", scope: "workspace:*" },
  { type: "template", action: "view_insights", scope: "template:*" },
  { type: "provisioner_jobs", action: "read", scope: "coder:templates.build" },
  { type: "organization_member", action: "read", scope: "coder:workspaces.access" },
  { type: "user", action: "create", scope: "user:*" },
  { type: "group", action: "read", scope: "coder:all" },
] as const) {
  test(`${type}:${action} is best allowed by ${scope}`, () => expect(smallestScope(type, action)).toBe(scope));
}
