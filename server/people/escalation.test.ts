/** Ways in which a user administrator could gain more rights, each of which must fail and change nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addPerson, mintToken, PASSWORD, type Person } from "#test/server/people.ts";
import { type Answer, call, OWNER, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let userAdmin: Person;
let orgAdmin: Person;
let orgUserAdmin: Person;
let templateAdmin: Person;
let owner: Person;
let puppet: Person;
beforeAll(async () => {
  world = await openServerWorld();
  userAdmin = await addPerson(world, { username: "una", roles: ["user-admin"] });
  orgAdmin = await addPerson(world, { username: "ada", memberRoles: ["organization-admin"] });
  orgUserAdmin = await addPerson(world, { username: "uma", memberRoles: ["organization-user-admin"] });
  templateAdmin = await addPerson(world, { username: "tom", roles: ["template-admin"] });
  owner = await addPerson(world, { username: "otto", roles: ["owner"] });
  puppet = await addPerson(world, { username: "puppet" });
  await addPerson(world, { username: "ugo", roles: ["user-admin"] });
});
afterAll(() => world[Symbol.asyncDispose]());

const NEXT = "Taken over 4711 by force";
const MEMBERS = "/api/v2/organizations/default/members";

/** Everything about people that an attempt could change. */
async function people(): Promise<unknown> {
  const { users } = await world.client.listUsers();
  const members = (await world.call("GET", MEMBERS)).json;
  const organizations = await world.client.listOrganizations();
  const keys = await Promise.all(users.map(async ({ id }) => (await world.call("GET", `/api/v2/users/${id}/gitsshkey`)).json.public_key));
  return {
    keys,
    users: users.map(({ last_seen_at: _, updated_at: __, ...user }) => user),
    members: members.map(({ user_id, roles }: { user_id: string; roles: unknown }) => ({ user_id, roles })),
    organizations,
  };
}

async function newUser(change: Record<string, unknown>) {
  const { id } = await world.client.getOrganization("default");
  return { username: "made", email: "made@example.com", password: PASSWORD, organization_ids: [id], ...change };
}

interface Attempt {
  readonly who: string;
  readonly what: string;
  readonly wanted: number;
  /** The beginning of a refusal's detail. */
  readonly detail?: RegExp;
  readonly act: () => Promise<Answer>;
}

const site = (who: () => Person, target: string, roles: readonly string[]) => () =>
  who().call("PUT", `/api/v2/users/${target}/roles`, { roles });
const inOrganization = (who: () => Person, target: string, roles: readonly string[]) => () =>
  who().call("PUT", `${MEMBERS}/${target}/roles`, { roles });
const password = (who: () => Person, target: string) => () => who().call("PUT", `/api/v2/users/${target}/password`, { password: NEXT });
const status = (who: () => Person, target: string, verb: string) => () => who().call("PUT", `/api/v2/users/${target}/status/${verb}`);
const deletion = (who: () => Person, target: string) => () => who().call("DELETE", `/api/v2/users/${target}`);
const removal = (who: () => Person, target: string) => () => who().call("DELETE", `${MEMBERS}/${target}`);

const profile = (who: () => Person, target: string, username: string) => () =>
  who().call("PUT", `/api/v2/users/${target}/profile`, { username, name: "" });
const gitKey = (who: () => Person, target: string) => () => who().call("PUT", `/api/v2/users/${target}/gitsshkey`);
const appearance = (who: () => Person, target: string) => () =>
  who().call("PUT", `/api/v2/users/${target}/appearance`, { theme_preference: "dark", terminal_font: "" });

const una = () => userAdmin;
const ada = () => orgAdmin;
const uma = () => orgUserAdmin;
const NOT_TO_GIVE = /^Your own roles do not let you give the role /;
const NOT_TO_TAKE = /^Your own roles do not let you take away the role /;
const OWNERS_ONLY = /^Only an owner may do this to an owner\.$/;

const ATTEMPTS: readonly Attempt[] = [
  { who: "a user-admin", what: "makes itself an owner", wanted: 400, act: site(una, "me", ["owner"]) },
  { who: "a user-admin", what: "makes itself an owner by name", wanted: 400, act: site(una, "una", ["user-admin", "owner"]) },
  { who: "a user-admin", what: "makes another an owner", wanted: 403, detail: NOT_TO_GIVE, act: site(una, "puppet", ["owner"]) },
  { who: "a user-admin", what: "makes another a user-admin", wanted: 403, detail: NOT_TO_GIVE, act: site(una, "puppet", ["user-admin"]) },
  { who: "a user-admin", what: "makes another an auditor", wanted: 403, detail: NOT_TO_GIVE, act: site(una, "puppet", ["auditor"]) },
  { who: "a user-admin", what: "takes an owner's role", wanted: 403, detail: NOT_TO_TAKE, act: site(una, "otto", []) },
  { who: "a user-admin", what: "takes a template-admin's role", wanted: 403, detail: NOT_TO_TAKE, act: site(una, "tom", []) },
  {
    who: "a user-admin",
    what: "creates an owner",
    wanted: 403,
    detail: NOT_TO_GIVE,
    act: async () => userAdmin.call("POST", "/api/v2/users", await newUser({ roles: ["owner"] })),
  },
  {
    who: "a user-admin",
    what: "creates a template-admin",
    wanted: 403,
    detail: NOT_TO_GIVE,
    act: async () => userAdmin.call("POST", "/api/v2/users", await newUser({ roles: ["template-admin"] })),
  },
  { who: "a user-admin", what: "sets an owner's password", wanted: 403, detail: OWNERS_ONLY, act: password(una, "otto") },
  { who: "a user-admin", what: "sets the first owner's password", wanted: 403, detail: OWNERS_ONLY, act: password(una, "ann") },
  { who: "a user-admin", what: "sets a template-admin's password", wanted: 403, detail: NOT_TO_GIVE, act: password(una, "tom") },
  { who: "a user-admin", what: "sets an organization-admin's password", wanted: 403, detail: NOT_TO_GIVE, act: password(una, "ada") },
  { who: "a user-admin", what: "suspends an owner", wanted: 403, detail: OWNERS_ONLY, act: status(una, "otto", "suspend") },
  { who: "a user-admin", what: "activates an owner", wanted: 403, detail: OWNERS_ONLY, act: status(una, "otto", "activate") },
  { who: "a user-admin", what: "deletes an owner", wanted: 403, detail: OWNERS_ONLY, act: deletion(una, "otto") },
  { who: "a user-admin", what: "renames an owner", wanted: 403, detail: OWNERS_ONLY, act: profile(una, "otto", "otto-old") },
  { who: "a user-admin", what: "renames the first owner", wanted: 403, detail: OWNERS_ONLY, act: profile(una, "ann", "ann-old") },
  { who: "a user-admin", what: "takes an owner's name", wanted: 409, act: profile(una, "puppet", "Otto") },
  { who: "a user-admin", what: "replaces an owner's Git key", wanted: 403, detail: OWNERS_ONLY, act: gitKey(una, "otto") },
  { who: "a user-admin", what: "changes an owner's settings", wanted: 403, detail: OWNERS_ONLY, act: appearance(una, "otto") },
  { who: "a user-admin", what: "removes an owner from an organization", wanted: 403, detail: OWNERS_ONLY, act: removal(una, "otto") },
  { who: "a user-admin", what: "renames a template-admin", wanted: 403, detail: NOT_TO_GIVE, act: profile(una, "tom", "tom-old") },
  { who: "a user-admin", what: "replaces a template-admin's Git key", wanted: 403, detail: NOT_TO_GIVE, act: gitKey(una, "tom") },
  { who: "a user-admin", what: "changes a template-admin's settings", wanted: 403, detail: NOT_TO_GIVE, act: appearance(una, "tom") },
  { who: "a user-admin", what: "suspends a template-admin", wanted: 403, detail: NOT_TO_GIVE, act: status(una, "tom", "suspend") },
  { who: "a user-admin", what: "deletes a template-admin", wanted: 403, detail: NOT_TO_GIVE, act: deletion(una, "tom") },
  { who: "a user-admin", what: "suspends another user-admin", wanted: 403, detail: NOT_TO_GIVE, act: status(una, "ugo", "suspend") },
  { who: "a user-admin", what: "renames an organization-admin", wanted: 403, detail: NOT_TO_GIVE, act: profile(una, "ada", "ada-old") },
  { who: "a user-admin", what: "names itself me", wanted: 400, act: profile(una, "me", "me") },
  { who: "an organization-admin", what: "removes an owner", wanted: 403, detail: OWNERS_ONLY, act: removal(ada, "otto") },
  {
    who: "an organization-admin",
    what: "gives an owner a role",
    wanted: 403,
    detail: OWNERS_ONLY,
    act: inOrganization(ada, "otto", ["organization-workspace-creation-ban"]),
  },
  { who: "an organization-admin", what: "renames a member", wanted: 403, act: profile(ada, "puppet", "poppet") },
  {
    who: "a user-admin",
    what: "makes another an organization-admin",
    wanted: 403,
    detail: NOT_TO_GIVE,
    act: inOrganization(una, "puppet", ["organization-admin"]),
  },
  { who: "a user-admin", what: "makes itself one", wanted: 400, act: inOrganization(una, "me", ["organization-admin"]) },
  {
    who: "a user-admin",
    what: "takes an organization-admin's role",
    wanted: 403,
    detail: NOT_TO_TAKE,
    act: inOrganization(una, "ada", []),
  },
  { who: "a user-admin", what: "removes an organization-admin", wanted: 403, detail: NOT_TO_TAKE, act: removal(una, "ada") },
  {
    who: "a user-admin",
    what: "changes what an organization gives its members",
    wanted: 403,
    act: () => userAdmin.call("PATCH", "/api/v2/organizations/default", { default_org_member_roles: ["organization-admin"] }),
  },
  {
    who: "a user-admin",
    what: "makes an organization",
    wanted: 403,
    act: () => userAdmin.call("POST", "/api/v2/organizations", { name: "x" }),
  },
  { who: "an organization-admin", what: "gives a site role", wanted: 403, act: site(ada, "puppet", ["auditor"]) },
  { who: "an organization-admin", what: "gives itself a site role", wanted: 400, act: site(ada, "me", ["owner"]) },
  { who: "an organization-admin", what: "sets a member's password", wanted: 404, act: password(ada, "puppet") },
  { who: "an organization-admin", what: "suspends a member", wanted: 403, act: status(ada, "puppet", "suspend") },
  { who: "an organization-admin", what: "deletes a user", wanted: 403, act: deletion(ada, "puppet") },
  {
    who: "an organization-admin",
    what: "creates a user",
    wanted: 403,
    act: async () => orgAdmin.call("POST", "/api/v2/users", await newUser({})),
  },
  { who: "an organization-admin", what: "takes its own role", wanted: 400, act: inOrganization(ada, "me", []) },
  {
    who: "an organization-user-admin",
    what: "makes another an organization-admin",
    wanted: 403,
    detail: NOT_TO_GIVE,
    act: inOrganization(uma, "puppet", ["organization-admin"]),
  },
  {
    who: "an organization-user-admin",
    what: "makes another one of its kind",
    wanted: 403,
    detail: NOT_TO_GIVE,
    act: inOrganization(uma, "puppet", ["organization-user-admin"]),
  },
  {
    who: "an organization-user-admin",
    what: "takes an organization-admin's role",
    wanted: 403,
    detail: NOT_TO_TAKE,
    act: inOrganization(uma, "ada", ["organization-workspace-access"]),
  },
  { who: "an organization-user-admin", what: "removes an organization-admin", wanted: 403, detail: NOT_TO_TAKE, act: removal(uma, "ada") },
  {
    who: "an organization-user-admin",
    what: "changes what the organization gives its members",
    wanted: 403,
    act: () => orgUserAdmin.call("PATCH", "/api/v2/organizations/default", { default_org_member_roles: ["organization-admin"] }),
  },
];

for (const { who, what, wanted, detail, act } of ATTEMPTS) {
  test(`${who} who ${what} gets ${wanted}`, async () => {
    const before = await people();
    const answer = await act();
    expect(answer.status, answer.text).toBe(wanted);
    if (detail !== undefined) expect(answer.json.detail).toMatch(detail);
    expect(await people()).toEqual(before);
    for (const { email } of [owner, templateAdmin, puppet]) {
      const login = await call(world.url, "POST", "/api/v2/users/login", { email, password: NEXT });
      expect(login.status, `${email} keeps the password`).toBe(401);
    }
  });
}

test("whoever may give all roles of an account changes it, and everybody their own", async () => {
  for (const answer of [
    await profile(una, "puppet", "puppet")(),
    await gitKey(una, "puppet")(),
    await appearance(una, "puppet")(),
    await profile(una, "me", "una")(),
    await gitKey(() => templateAdmin, "me")(),
    await profile(() => owner, "tom", "tom")(),
    await profile(() => owner, "ann", "ann")(),
  ])
    expect(answer.status, answer.text).toBe(200);
});

test("nobody joins, or adds others to, an organization whose default roles they may not give", async () => {
  const { id } = (await world.call("POST", "/api/v2/organizations", { name: "generous" })).json;
  const organization = "/api/v2/organizations/generous";
  await world.call("POST", `${organization}/members/uma`);
  await world.call("PUT", `${organization}/members/uma/roles`, { roles: ["organization-user-admin"] });
  expect((await userAdmin.call("POST", `${organization}/members/puppet`)).status, "so far it gives ordinary things").toBe(200);
  await world.call("DELETE", `${organization}/members/puppet`);
  const gift = { default_org_member_roles: ["organization-admin"] };
  expect((await world.call("PATCH", organization, gift)).status).toBe(200);
  for (const [person, target] of [
    [userAdmin, "me"],
    [userAdmin, "puppet"],
  ] as const) {
    const refused = await person.call("POST", `${organization}/members/${target}`);
    expect([refused.status, refused.json.detail]).toEqual([403, "Your own roles do not let you give the role organization-admin."]);
  }
  const made = await userAdmin.call(
    "POST",
    "/api/v2/users",
    await newUser({ username: "gifted", email: "g@example.com", organization_ids: [id] }),
  );
  expect(made.status).toBe(403);
  expect((await world.client.listUsers({ q: "gifted" })).count).toBe(0);
  expect((await world.call("DELETE", organization)).status).toBe(200);
});

describe("a token", () => {
  const OWN_PASSWORD = { password: NEXT, old_password: OWNER.password };
  const writes: readonly { readonly method: string; readonly path: string; readonly body?: unknown }[] = [
    {
      method: "POST",
      path: "/api/v2/users",
      body: { username: "x", email: "x@example.com", password: PASSWORD, organization_ids: ["default"] },
    },
    { method: "PUT", path: "/api/v2/users/puppet/roles", body: { roles: ["owner"] } },
    { method: "PUT", path: "/api/v2/users/me/password", body: OWN_PASSWORD },
    { method: "PUT", path: "/api/v2/users/puppet/password", body: { password: NEXT } },
    { method: "PUT", path: "/api/v2/users/puppet/status/suspend" },
    { method: "DELETE", path: "/api/v2/users/puppet" },
    { method: "PUT", path: "/api/v2/users/puppet/profile", body: { username: "poppet" } },
    { method: "POST", path: "/api/v2/organizations", body: { name: "x" } },
    { method: "PATCH", path: "/api/v2/organizations/default", body: { description: "x" } },
    { method: "DELETE", path: "/api/v2/organizations/default" },
    { method: "POST", path: `${MEMBERS}/puppet` },
    { method: "DELETE", path: `${MEMBERS}/puppet` },
    { method: "PUT", path: `${MEMBERS}/puppet/roles`, body: { roles: ["organization-admin"] } },
  ];
  for (const scopes of [
    ["user:read", "organization:read"],
    ["coder:workspaces.operate"],
    ["coder:apikeys.manage_self"],
    ["template:*", "user:read"],
  ]) {
    test(`of an owner with ${scopes.join(" and ")} changes nobody`, async () => {
      const token = await mintToken(world, { scopes });
      const { id } = await world.client.getOrganization("default");
      const before = await people();
      for (const { method, path, body } of writes) {
        const text = body === undefined ? undefined : JSON.parse(JSON.stringify(body).replace('["default"]', JSON.stringify([id])));
        const answer = await call(world.url, method, path, text, { "Coder-Session-Token": token });
        expect(answer.status, `${method} ${path}: ${answer.text}`).toBeOneOf([400, 403, 404]);
      }
      expect(await people()).toEqual(before);
    });
  }

  test("sets a password only if it may do everything, and nothing bounds it", async () => {
    const person = await addPerson(world);
    const change = { password: "Some 55 other password", old_password: PASSWORD };
    const all = await mintToken(person);
    const child = await mintToken({ call: (...request) => as(all, ...request) }, { lifetime: 60e9 });
    const narrow = await mintToken(person, { scopes: ["user:*"] });
    const listed = await mintToken(person, { allow_list: [`user:${person.id}`] });
    for (const token of [child, narrow, listed]) {
      const refused = await as(token, "PUT", "/api/v2/users/me/password", change);
      expect(refused.status).toBe(403);
      expect(refused.json.detail).toBe("Setting a password requires a session, or a token that may do everything.");
    }
    expect((await as(all, "PUT", "/api/v2/users/me/password", change)).status).toBe(204);
    for (const token of [all, child, narrow, listed]) expect((await as(token, "GET", "/api/v2/users/me")).status).toBe(401);
  });

  test("with limits cannot create a user to sign in as", async () => {
    const all = await mintToken(world);
    const child = await mintToken({ call: (...request) => as(all, ...request) }, { lifetime: 60e9 });
    const people = ["user:*", "organization:*", "organization_member:*", "assign_org_role:*", "assign_role:*"];
    const listed = await mintToken(world, { scopes: ["coder:all"], allow_list: people });
    const puppetOf = (name: string) => newUser({ username: name, email: `${name}@example.com`, roles: ["owner"] });
    for (const token of [child, listed]) {
      const refused = await as(token, "POST", "/api/v2/users", await puppetOf("mine"));
      expect(refused.status, refused.text).toBe(403);
      expect(refused.json.detail).toBe("Setting a password requires a session, or a token that may do everything.");
    }
    expect((await as(all, "POST", "/api/v2/users", await puppetOf("theirs"))).status).toBe(201);
  });
  const as = (token: string, method: string, path: string, body?: unknown) =>
    call(world.url, method, path, body, { "Coder-Session-Token": token });

  test("that may read the site roles shows none of them as assignable", async () => {
    const token = await mintToken(world, { scopes: ["user:read"] });
    expect((await as(token, "GET", "/api/v2/users/roles")).status).toBe(403);
  });
});

describe("the last owner", () => {
  for (const { what, act } of [
    {
      what: "take the role from each other",
      act: (who: Person, other: Person) => who.call("PUT", `/api/v2/users/${other.id}/roles`, { roles: [] }),
    },
    { what: "delete each other", act: (who: Person, other: Person) => who.call("DELETE", `/api/v2/users/${other.id}`) },
  ]) {
    test(`remains when two ${what} at the same time`, async () => {
      await using own = await openServerWorld();
      const [one, two] = [await addPerson(own, { roles: ["owner"] }), await addPerson(own, { roles: ["owner"] })];
      expect((await one.call("PUT", "/api/v2/users/ann/roles", { roles: [] })).status).toBe(200);
      const answers = await Promise.all([act(one, two), act(two, one)]);
      expect(answers.map(({ status }) => status).toSorted()[0]).toBe(200);
      const left = [];
      for (const person of [one, two]) {
        const list = await person.call("GET", "/api/v2/users?q=role:owner");
        if (list.status === 200 && list.json.count > 0) left.push(list.json.count);
      }
      expect(left).toEqual([1]);
    });
  }
});
