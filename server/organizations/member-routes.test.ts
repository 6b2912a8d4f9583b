import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  Organization,
  OrganizationMember,
  OrganizationMemberWithUserData,
  PaginatedMembersResponse,
  WorkspaceSharingSettings,
} from "#sdk/organizations.ts";
import { AssignableRoles } from "#sdk/roles.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { addPerson, type Person } from "#test/server/people.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { importNext, makeTemplate } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld, tarOf } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
let member: Person;
let auditor: Person;
let admin: Person;
let userAdmin: Person;
beforeAll(async () => {
  world = await openServerWorld();
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  member = await addPerson(world, { username: "milo", roles: [] });
  auditor = await addPerson(world, { username: "audrey", roles: ["auditor"] });
  admin = await addPerson(world, { username: "ada", memberRoles: ["organization-admin"] });
  userAdmin = await addPerson(world, { username: "uma", memberRoles: ["organization-user-admin"] });
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

const ORGANIZATIONS = "/api/v2/organizations";
const MEMBERS = `${ORGANIZATIONS}/default/members`;

async function makeOrganization(name: string, change: Record<string, unknown> = {}): Promise<Organization> {
  const { status, json, text } = await world.call("POST", ORGANIZATIONS, { name, ...change });
  expect(status, text).toBe(201);
  return json;
}

describe("organizations", () => {
  test("are made by owners, who become members", async () => {
    const made = await makeOrganization("research", { icon: "/emojis/1f52c.png", description: "looks things up" });
    expectShape(Organization, made);
    expect(made).toMatchObject({ name: "research", display_name: "research", is_default: false });
    expect(made.default_org_member_roles).toEqual(["organization-workspace-access"]);
    const members = (await world.call("GET", `${ORGANIZATIONS}/research/members`)).json;
    expect(members).toMatchObject([{ username: "ann", roles: [] }]);
    expect((await world.client.getUser("me")).organization_ids).toContain(made.id);
    expect((await member.call("GET", `${ORGANIZATIONS}/research`)).status, "hidden from others").toBe(404);
    expect((await member.call("GET", ORGANIZATIONS)).json).toMatchObject([{ name: "default" }]);
    for (const person of [member, auditor, admin]) expect((await person.call("POST", ORGANIZATIONS, { name: "mine" })).status).toBe(403);
  });

  for (const { what, body, status, field } of [
    { what: "the reserved name", body: { name: "default" }, status: 400, field: "name" },
    { what: "the reserved name in capitals", body: { name: "Default" }, status: 400, field: "name" },
    { what: "a bad name", body: { name: "a b" }, status: 400, field: "name" },
    { what: "no name", body: {}, status: 400, field: "name" },
    { what: "a display name that ends with a space", body: { name: "x1", display_name: "x " }, status: 400, field: "display_name" },
    { what: "an endless description", body: { name: "x2", description: "x".repeat(2_000) }, status: 400, field: "description" },
    { what: "an icon that is a script", body: { name: "x3", icon: "javascript:alert(1)" }, status: 400, field: "icon" },
  ]) {
    test(`${what} gives ${status} about ${field}`, async () => {
      const answer = await world.call("POST", ORGANIZATIONS, body);
      expect([answer.status, answer.json.validations?.[0].field]).toEqual([status, field]);
    });
  }

  test("have names of their own, in any letter case", async () => {
    await makeOrganization("unique-1");
    const taken = await world.call("POST", ORGANIZATIONS, { name: "Unique-1" });
    expect([taken.status, taken.json.validations]).toEqual([409, [{ field: "name", detail: "This value is already in use." }]]);
    await makeOrganization("unique-2");
    expect((await world.call("PATCH", `${ORGANIZATIONS}/unique-2`, { name: "UNIQUE-1" })).status).toBe(409);
    expect((await world.call("PATCH", `${ORGANIZATIONS}/unique-2`, { name: "default" })).status).toBe(400);
  });

  test("change in what is named, and in nothing else", async () => {
    await makeOrganization("changing", { display_name: "Changing", description: "before", icon: "/a.png" });
    const changed = await world.call("PATCH", `${ORGANIZATIONS}/changing`, { description: "", name: "changed" });
    expect(changed.status).toBe(200);
    expectShape(Organization, changed.json);
    expect(changed.json).toMatchObject({ name: "changed", display_name: "Changing", description: "", icon: "/a.png" });
    expect((await world.call("GET", `${ORGANIZATIONS}/changing`)).status).toBe(404);
    const own = await world.call("PATCH", `${ORGANIZATIONS}/default`, { name: "default", display_name: "Ours" });
    expect([own.status, own.json.display_name], "keeping its name is no renaming").toEqual([200, "Ours"]);
    expect((await member.call("PATCH", `${ORGANIZATIONS}/default`, { description: "mine" })).status).toBe(403);
    expect((await admin.call("PATCH", `${ORGANIZATIONS}/default`, { description: "ours" })).status).toBe(200);
    expect((await admin.call("PATCH", `${ORGANIZATIONS}/changed`, { description: "ours" })).status).toBe(404);
  });

  test("go when they are empty, and are gone", async () => {
    await makeOrganization("leaving");
    const person = await addPerson(world, { organizations: ["leaving"] });
    expect((await person.call("GET", ORGANIZATIONS)).json).toMatchObject([{ name: "leaving" }]);
    await world.client.createProvisionerKey("leaving", { name: "farm" });
    expect((await person.call("DELETE", `${ORGANIZATIONS}/leaving`)).status).toBe(403);
    const gone = await world.call("DELETE", `${ORGANIZATIONS}/leaving`);
    expect([gone.status, typeof gone.json.message]).toEqual([200, "string"]);
    expect((await world.call("GET", `${ORGANIZATIONS}/leaving`)).status).toBe(404);
    expect((await person.call("GET", ORGANIZATIONS)).json).toEqual([]);
    expect((await person.call("GET", "/api/v2/users/me")).json.organization_ids).toEqual([]);
    await makeOrganization("leaving");
    expect(await world.client.listProvisionerKeys("leaving")).toEqual([]);
  });

  test("stay while they are the default one, or hold templates", async () => {
    const first = await world.call("DELETE", `${ORGANIZATIONS}/default`);
    expect([first.status, first.json.message]).toEqual([400, "The default organization cannot be deleted."]);
    await makeOrganization("holding");
    const { hash } = await world.client.uploadFile(await tarOf({ "main.tf": "# empty\n" }));
    const file = { storage_method: "file", provisioner: "terraform", file_id: hash } as const;
    const version = await world.client.createTemplateVersion("holding", file);
    const { key } = await world.client.createProvisionerKey("holding", { name: "farm" });
    using own = playDaemon({ url: world.url, key });
    await importNext(own);
    const template = await world.client.createTemplate("holding", { name: "held", template_version_id: version.id });
    const holding = await world.call("DELETE", `${ORGANIZATIONS}/holding`);
    expect([holding.status, holding.json.message]).toEqual([400, "The organization still has templates: delete them first."]);
    expect((await world.call("DELETE", `/api/v2/templates/${template.id}`)).status).toBe(200);
    expect((await world.call("DELETE", `${ORGANIZATIONS}/holding`)).status).toBe(200);
  });

  test("say whose workspaces may be shared, and with nobody's members do not see each other", async () => {
    const path = `${ORGANIZATIONS}/sharing/settings/workspace-sharing`;
    await makeOrganization("sharing");
    const [one, two] = [await addPerson(world, { organizations: ["sharing"] }), await addPerson(world, { organizations: ["sharing"] })];
    const before = (await one.call("GET", path)).json;
    expectShape(WorkspaceSharingSettings, before);
    expect(before).toEqual({ sharing_globally_disabled: false, sharing_disabled: false, shareable_workspace_owners: "everyone" });
    const seen = async () => (await one.call("GET", `${ORGANIZATIONS}/sharing/members`)).json.length;
    expect(await seen()).toBe(3);
    expect((await one.call("PATCH", path, { sharing_disabled: true })).status).toBe(403);
    const off = { sharing_globally_disabled: false, sharing_disabled: true, shareable_workspace_owners: "none" };
    expect((await world.call("PATCH", path, { sharing_disabled: true })).json).toEqual(off);
    expect(await seen()).toBe(1);
    expect((await one.call("GET", `${ORGANIZATIONS}/sharing/members/${two.id}`)).status).toBe(400);
    const accounts = await world.call("PATCH", path, { shareable_workspace_owners: "service_accounts", sharing_disabled: true });
    expect(accounts.json).toMatchObject({ shareable_workspace_owners: "service_accounts", sharing_disabled: false });
    expect(await seen()).toBe(3);
    expect((await world.call("PATCH", path, { shareable_workspace_owners: "friends" })).status).toBe(400);
    expect((await world.call("PATCH", path, { shareable_workspace_owners: "", sharing_disabled: false })).json).toEqual(before);
  });
});

describe("members", () => {
  test("are listed with what is told of users, all at once or in pages", async () => {
    const all = (await member.call("GET", MEMBERS)).json;
    expectShape(Type.Array(OrganizationMemberWithUserData), all);
    expect(all.map(({ username }) => username)).toEqual(expect.arrayContaining(["ada", "ann", "audrey", "milo", "uma"]));
    const named = (name: string) => all.find(({ username }) => username === name);
    const ada = named("ada");
    expect(ada?.roles).toEqual([{ name: "organization-admin", display_name: "Organization Admin", organization_id: ada?.organization_id }]);
    expect(named("audrey")?.global_roles).toMatchObject([{ name: "auditor" }]);
    const page = (await member.call("GET", `${ORGANIZATIONS}/default/paginated-members?limit=2&offset=1`)).json;
    expectShape(PaginatedMembersResponse, page);
    expect(page).toEqual({ members: all.slice(1, 3), count: all.length });
    for (const [q, names] of [
      ["MIL", ["milo"]],
      ["search:audrey@", ["audrey"]],
      [`user_id:${admin.id}`, ["ada"]],
      [`user_id:${admin.id} milo`, []],
      ["github_user_id:7", []],
      ["include_system:true uma", ["uma"]],
    ] as const) {
      const found = (await member.call("GET", `${ORGANIZATIONS}/default/paginated-members?q=${encodeURIComponent(q)}`)).json;
      expect([found.members.map(({ username }: { username: string }) => username), found.count], q).toEqual([names, names.length]);
    }
    for (const q of ["colour:red", "user_id:milo", "github_user_id:x", "include_system:perhaps"])
      expect((await member.call("GET", `${MEMBERS}?q=${q}`)).json.validations).toMatchObject([{ field: q.split(":")[0] }]);
    expect((await member.call("GET", `${ORGANIZATIONS}/default/paginated-members?limit=-1`)).status).toBe(400);
  });

  test("have roles to choose from, and callers may give what is theirs to give", async () => {
    const assignable = async (person: Pick<Person, "call">) => {
      const { json } = await person.call("GET", `${MEMBERS}/roles`);
      expectShape(Type.Array(AssignableRoles), json);
      return json.filter((role: AssignableRoles) => role.assignable).map(({ name }: AssignableRoles) => name);
    };
    const every = [
      "organization-admin",
      "organization-auditor",
      "organization-template-admin",
      "organization-user-admin",
      "organization-workspace-access",
      "organization-workspace-creation-ban",
    ];
    expect(await assignable(world)).toEqual(every);
    expect(await assignable(admin)).toEqual(every);
    expect(await assignable(userAdmin)).toEqual(["organization-workspace-access"]);
    expect(await assignable(member)).toEqual([]);
  });

  test("come and go", async () => {
    await makeOrganization("coming");
    const person = await addPerson(world, { organizations: ["coming"] });
    const path = `${MEMBERS}/${person.username}`;
    expect((await person.call("GET", `${ORGANIZATIONS}/default`)).status).toBe(404);
    const added = await userAdmin.call("POST", path);
    expect(added.status).toBe(200);
    expectShape(OrganizationMember, added.json);
    expect(added.json).toMatchObject({ user_id: person.id, roles: [] });
    expect((await userAdmin.call("POST", path)).status, "once").toBe(400);
    expect((await person.call("GET", `${ORGANIZATIONS}/default`)).status).toBe(200);
    const shown = await world.call("GET", path);
    expectShape(OrganizationMemberWithUserData, shown.json);
    for (const refused of [member, auditor]) expect((await refused.call("DELETE", path)).status).toBeOneOf([400, 403]);
    const removed = await userAdmin.call("DELETE", path);
    expect([removed.status, removed.text]).toEqual([204, ""]);
    expect((await person.call("GET", `${ORGANIZATIONS}/default`)).status).toBe(404);
    expect((await userAdmin.call("DELETE", path)).status).toBe(404);
    expect((await world.call("GET", path)).status).toBe(404);
    expect((await world.call("POST", `${MEMBERS}/nobody`)).status).toBe(400);
    expect((await world.call("POST", `${ORGANIZATIONS}/nowhere/members/milo`)).status).toBe(404);
  });

  test("do not remove themselves", async () => {
    for (const person of [world, admin, userAdmin]) expect((await person.call("DELETE", `${MEMBERS}/me`)).status).toBe(400);
    expect((await member.call("DELETE", `${MEMBERS}/me`)).status).toBe(403);
  });

  test("get roles, which count from the next request on", async () => {
    const person = await addPerson(world);
    const put = (roles: unknown, by: Pick<Person, "call"> = admin) => by.call("PUT", `${MEMBERS}/${person.id}/roles`, { roles });
    const keys = `${ORGANIZATIONS}/default/provisionerkeys`;
    const mayMakeKeys = async (name: string) => (await person.call("POST", keys, { name })).status;
    expect(await mayMakeKeys("k1")).toBe(403);
    const given = await put(["organization-template-admin", "organization-member"]);
    expect(given.status).toBe(200);
    expectShape(OrganizationMember, given.json);
    expect(given.json.roles).toMatchObject([{ name: "organization-template-admin" }]);
    expect(await mayMakeKeys("k2")).toBe(201);
    expect((await put([])).json.roles).toEqual([]);
    expect(await mayMakeKeys("k3")).toBe(403);
    for (const roles of [["owner"], ["king"], ["organization-service-account"], ["organization-admin:default"]]) {
      const refused = await put(roles, world);
      expect([refused.status, refused.json.validations[0].field]).toEqual([400, "roles"]);
    }
    expect((await put([], member)).status).toBe(400);
    expect((await put([], auditor)).status).toBe(403);
    expect((await world.call("PUT", `${MEMBERS}/me/roles`, { roles: ["organization-admin"] })).status, "not one's own").toBe(400);
  });

  test("all get what their organization gives, until it does not", async () => {
    await makeOrganization("giving");
    const person = await addPerson(world, { organizations: ["giving"] });
    const give = (roles: unknown) => world.call("PATCH", `${ORGANIZATIONS}/giving`, { default_org_member_roles: roles });
    const list = async () => (await person.call("GET", `${ORGANIZATIONS}/giving/provisionerkeys`)).status;
    const make = async (name: string) => (await person.call("POST", `${ORGANIZATIONS}/giving/provisionerkeys`, { name })).status;
    expect([await list(), await make("k1")]).toEqual([200, 403]);
    expect((await give(["organization-template-admin"])).json.default_org_member_roles).toEqual(["organization-template-admin"]);
    expect(await make("k2")).toBe(201);
    expect((await give([])).status).toBe(200);
    expect(await make("k3")).toBe(403);
    expect((await give(["king"])).json.validations).toMatchObject([{ field: "default_org_member_roles" }]);
  });

  test("own workspaces that others may make for them", async () => {
    const path = `${MEMBERS}/me/workspaces/available-users`;
    const names = async (person: Pick<Person, "call">, query = "") =>
      (await person.call("GET", path + query)).json.map(({ username }: { username: string }) => username);
    expect(await names(member)).toEqual(["milo"]);
    expect(await names(admin)).toEqual(expect.arrayContaining(["ada", "ann", "milo"]));
    expect(await names(admin, "?q=mil&limit=1")).toEqual(["milo"]);
  });
});

test("who owns workspaces stays, as a user and as a member", async () => {
  const template = await makeTemplate(world, daemon);
  const person = await addPerson(world);
  const { json } = await person.call("POST", "/api/v2/users/me/workspaces", { name: "mine", template_id: template.id });
  expect(json.id).toBeDefined();
  const removal = await world.call("DELETE", `${MEMBERS}/${person.id}`);
  expect([removal.status, removal.json.message]).toEqual([
    400,
    "The member still owns workspaces in this organization: delete them first.",
  ]);
  const deletion = await world.call("DELETE", `/api/v2/users/${person.id}`);
  expect([deletion.status, deletion.json.message]).toEqual([417, "The user still owns workspaces: delete them first."]);
  expect((await person.call("GET", "/api/v2/users/me")).status).toBe(200);
});
