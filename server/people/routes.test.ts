import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AssignableRoles, UserRoles } from "#sdk/roles.ts";
import { GetUsersResponse, User, UserAppearanceSettings } from "#sdk/users.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { addPerson, PASSWORD, type Person } from "#test/server/people.ts";
import { call, OWNER, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let organizationId: string;
let member: Person;
let userAdmin: Person;
let auditor: Person;
beforeAll(async () => {
  world = await openServerWorld();
  organizationId = (await world.client.getOrganization("default")).id;
  member = await addPerson(world, { username: "milo" });
  userAdmin = await addPerson(world, { username: "una", roles: ["user-admin"] });
  auditor = await addPerson(world, { username: "audrey", roles: ["auditor"] });
});
afterAll(() => world[Symbol.asyncDispose]());

let made = 0;
/** A valid body, different each time. */
function newUser(change: Record<string, unknown> = {}): Record<string, unknown> {
  const username = `new-${++made}`.padEnd(5, "x").replace("new-", "n");
  return { username, email: `${username}@example.com`, password: PASSWORD, organization_ids: [organizationId], ...change };
}

async function create(change: Record<string, unknown> = {}): Promise<User> {
  const { status, json, text } = await world.call("POST", "/api/v2/users", newUser(change));
  expect(status, text).toBe(201);
  return json;
}

describe("creating users", () => {
  test("a user is dormant until the first login, has a password, and is a member", async () => {
    const body = newUser({ name: "Nina New", login_type: "", user_status: null, roles: null });
    const { status, json } = await world.call("POST", "/api/v2/users", body);
    expect(status).toBe(201);
    expectShape(User, json);
    expect(json).toMatchObject({ username: body.username, name: "Nina New", status: "dormant", login_type: "password", roles: [] });
    expect(json.organization_ids).toEqual([organizationId]);
    const login = await call(world.url, "POST", "/api/v2/users/login", { email: body.email, password: PASSWORD });
    expect(login.status).toBe(201);
    expect((await world.client.getUser(String(body.username))).status, "the login is enough").toBe("active");
    const me = await call(world.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": login.json.session_token });
    expect(me.json).toMatchObject({ id: json.id, status: "active" });
  });

  for (const { what, change, status, field } of [
    { what: "no organization", change: { organization_ids: [] }, status: 400, field: "organization_ids" },
    { what: "organizations left out", change: { organization_ids: undefined }, status: 400, field: "organization_ids" },
    { what: "an organization that is none", change: { organization_ids: ["5ca1ab1e-0000-4000-8000-000000000000"] }, status: 404 },
    { what: "a weak password", change: { password: "password" }, status: 400, field: "password" },
    { what: "no password", change: { password: "" }, status: 400, field: "password" },
    { what: "a password where none belongs", change: { login_type: "none" }, status: 400, field: "password" },
    { what: "a login type that this server has not", change: { login_type: "oidc" }, status: 400, field: "login_type" },
    { what: "a login type of tokens", change: { login_type: "token" }, status: 400, field: "login_type" },
    { what: "a login type that nobody has", change: { login_type: "magic" }, status: 400, field: "login_type" },
    { what: "a bad name", change: { username: "a b" }, status: 400, field: "username" },
    { what: "a bad address", change: { email: "nobody" }, status: 400, field: "email" },
    { what: "a service account", change: { service_account: true }, status: 400, field: "service_account" },
    { what: "a role that is none", change: { roles: ["king"] }, status: 400, field: "roles" },
    { what: "an organization's role", change: { roles: ["organization-admin"] }, status: 400, field: "roles" },
    { what: "a name that is taken", change: { username: "MILO" }, status: 409, field: "username" },
    { what: "an address that is taken", change: { email: "Milo@Example.com" }, status: 409, field: "email" },
  ]) {
    test(`${what} gives ${status}`, async () => {
      const answer = await world.call("POST", "/api/v2/users", newUser(change));
      expect(answer.status, answer.text).toBe(status);
      if (field !== undefined) expect(answer.json.validations).toMatchObject([{ field }]);
    });
  }

  test("a user without a login has no password, and a status as asked", async () => {
    const user = await create({ login_type: "none", password: "", user_status: "active" });
    expect(user).toMatchObject({ login_type: "none", status: "active" });
    const { status, json } = await world.call("PUT", `/api/v2/users/${user.id}/password`, { password: PASSWORD });
    expect([status, json.message]).toEqual([400, "A user with login type none cannot have a password."]);
  });

  test("a caller who may not create users is told so, and a failed attempt leaves nothing", async () => {
    for (const person of [member, auditor]) expect((await person.call("POST", "/api/v2/users", newUser())).status).toBe(403);
    const body = newUser({ organization_ids: [organizationId, "5ca1ab1e-0000-4000-8000-000000000000"] });
    expect((await world.call("POST", "/api/v2/users", body)).status).toBe(404);
    expect((await world.client.listUsers({ q: String(body.username) })).users).toEqual([]);
  });
});

describe("the list of users", () => {
  test("comes in pages that neither repeat nor lose anybody", async () => {
    for (const name of ["paging-b", "Paging-a", "paging-c"]) await create({ username: name });
    const list = async (query: string) => (await world.call("GET", `/api/v2/users?q=paging&${query}`)).json;
    const names = (json: GetUsersResponse) => json.users.map(({ username }) => username);
    const all = await list("");
    expectShape(GetUsersResponse, all);
    expect([names(all), all.count]).toEqual([["Paging-a", "paging-b", "paging-c"], 3]);
    expect(names(await list("limit=2"))).toEqual(["Paging-a", "paging-b"]);
    expect(names(await list("limit=2&offset=2"))).toEqual(["paging-c"]);
    expect((await list("limit=2&offset=2")).count).toBe(3);
    expect(names(await list("limit=0&offset=1"))).toEqual(["paging-b", "paging-c"]);
    expect(names(await list(`after_id=${all.users[0]?.id}&limit=1`))).toEqual(["paging-b"]);
    expect(names(await list(`after_id=${all.users[2]?.id}`))).toEqual([]);
  });

  test("is filtered by every key", async () => {
    const user = await create({ username: "searched", email: "searched@example.com", name: "Özlem Öz", roles: ["template-admin"] });
    const found = async (q: string) => (await world.client.listUsers({ q })).users.some(({ id }) => id === user.id);
    const [before, after] = ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00+02:00"];
    for (const q of [
      "search:sEARCHed",
      "SEARCHED@example",
      "name:özlem",
      'name:"ÖZLEM ö"',
      "status:dormant",
      "status:active,dormant",
      "status:active status:dormant",
      "role:template-admin",
      "role:owner,template-admin",
      "role:member",
      "login_type:password",
      `created_after:"${before}"`,
      `created_before:"${after}"`,
      `last_seen_before:"${after}"`,
      "service_account:false",
      'searched role:template-admin status:dormant name:"özlem"',
    ])
      expect(await found(q), q).toBe(true);
    for (const q of [
      "search:unsearched",
      "name:searched",
      "name:*",
      "name:%",
      "status:suspended",
      "role:auditor",
      "login_type:none,github",
      `created_before:"${before}"`,
      `created_after:"${after}"`,
      `last_seen_after:"${before}"`,
      "service_account:true",
      "github_com_user_id:7",
      "searched role:auditor",
      `name:${"x".repeat(5_000)}`,
    ])
      expect(await found(q), q).toBe(false);
  });

  for (const { query, field } of [
    { query: "q=colour:red", field: "colour" },
    { query: "q=status:gone", field: "status" },
    { query: "q=role:king", field: "role" },
    { query: "q=login_type:magic", field: "login_type" },
    { query: "q=created_before:yesterday", field: "created_before" },
    { query: 'q=last_seen_after:"2026-13-01T00:00:00Z"', field: "last_seen_after" },
    { query: "q=service_account:perhaps", field: "service_account" },
    { query: "q=github_com_user_id:octocat", field: "github_com_user_id" },
    { query: "q=name:a name:b", field: "name" },
    { query: "q=status:", field: "q" },
    { query: "limit=-1", field: "limit" },
    { query: "limit=1e300", field: "limit" },
    { query: "offset=x", field: "offset" },
    { query: "after_id=milo", field: "after_id" },
    { query: "after_id=5ca1ab1e-0000-4000-8000-000000000000", field: "after_id" },
  ]) {
    test(`${query} gives 400 about ${field}`, async () => {
      const { status, json } = await world.call("GET", `/api/v2/users?${encodeURI(query)}`);
      expect([status, json.message]).toEqual([400, "Query parameters have invalid values."]);
      expect(json.validations).toMatchObject([{ field }]);
    });
  }

  test("a search for what no text of a database can hold is refused by name", async () => {
    const { status, json } = await world.call("GET", "/api/v2/users?q=name:%00");
    expect([status, json.validations?.[0]?.field]).toEqual([400, "q"]);
  });

  test("shows members only themselves, and all users to those who may read users", async () => {
    const names = async (person: Person) => (await person.call("GET", "/api/v2/users?limit=500")).json;
    expect(await names(member)).toMatchObject({ count: 1, users: [{ username: "milo" }] });
    const all = (await world.client.listUsers()).count;
    for (const person of [userAdmin, auditor]) expect((await names(person)).count).toBe(all);
    expect((await member.call("GET", `/api/v2/users?after_id=${auditor.id}`)).status, "a hidden user is no place in the list").toBe(400);
  });
});

describe("one user", () => {
  test("that is hidden looks like one that does not exist", async () => {
    const hidden = await member.call("GET", "/api/v2/users/audrey");
    const missing = await member.call("GET", "/api/v2/users/nobody");
    expect([hidden.status, hidden.json]).toEqual([400, missing.json]);
    expect((await member.call("GET", "/api/v2/users/milo")).json.id).toBe(member.id);
  });

  test("changes name and picture, and clears a name that is left out", async () => {
    const { id } = await create();
    const put = (body: unknown) => world.call("PUT", `/api/v2/users/${id}/profile`, body);
    const named = await put({ username: "renamed", name: "Re Named", avatar_url: "https://example.com/a.png" });
    expect(named.status).toBe(200);
    expectShape(User, named.json);
    expect(named.json).toMatchObject({ username: "renamed", name: "Re Named", avatar_url: "https://example.com/a.png" });
    expect((await put({ username: "renamed" })).json).toMatchObject({ name: "", avatar_url: "https://example.com/a.png" });
    expect((await put({ username: "renamed", avatar_url: "" })).json).toMatchObject({ avatar_url: "" });
    for (const [body, status, field] of [
      [{ username: "milo" }, 409, "username"],
      [{ username: "" }, 400, "username"],
      [{ name: "x" }, 400, "username"],
      [{ username: "renamed", name: " x" }, 400, "name"],
      [{ username: "renamed", avatar_url: "javascript:alert(1)" }, 400, "avatar_url"],
      [{ username: "renamed", avatar_url: "//elsewhere.example" }, 400, "avatar_url"],
    ] as const) {
      const refused = await put(body);
      expect([refused.status, refused.json.validations[0].field]).toEqual([status, field]);
    }
    expect((await member.call("PUT", "/api/v2/users/me/profile", { username: "milo", name: "Milo" })).status).toBe(200);
    expect((await auditor.call("PUT", "/api/v2/users/milo/profile", { username: "olim" })).status).toBe(403);
    expect((await member.call("PUT", "/api/v2/users/audrey/profile", { username: "olim" })).status).toBe(400);
  });

  test("is deleted softly: name and address are free again, and the key is gone", async () => {
    const person = await addPerson(world, { username: "leaver" });
    const { status, json } = await world.call("DELETE", "/api/v2/users/leaver");
    expect([status, typeof json.message]).toEqual([200, "string"]);
    expect((await person.call("GET", "/api/v2/users/me")).status).toBe(401);
    expect((await world.call("GET", `/api/v2/users/${person.id}`)).status).toBe(400);
    expect((await create({ username: "leaver", email: person.email })).id).not.toBe(person.id);
  });

  test("cannot be deleted by itself, or by a caller without the right", async () => {
    for (const person of [userAdmin, member]) expect((await person.call("DELETE", "/api/v2/users/me")).status).toBe(403);
    const self = await world.call("DELETE", "/api/v2/users/me");
    expect([self.status, self.json.detail]).toEqual([403, "You cannot delete yourself."]);
    expect((await auditor.call("DELETE", "/api/v2/users/milo")).status).toBe(403);
  });

  test("shows how it signs in only to itself", async () => {
    expect((await member.call("GET", "/api/v2/users/me/login-type")).json).toEqual({ login_type: "password" });
    expect((await world.call("GET", "/api/v2/users/milo/login-type")).status).toBe(403);
  });

  test("keeps what it chose for the dashboard", async () => {
    const path = "/api/v2/users/me/appearance";
    const nothing = (await member.call("GET", path)).json;
    expectShape(UserAppearanceSettings, nothing);
    expect(new Set(Object.values(nothing))).toEqual(new Set([""]));
    const chosen = { theme_preference: "dark", theme_mode: "sync", theme_light: "light", theme_dark: "dark", terminal_font: "fira-code" };
    expect((await member.call("PUT", path, chosen)).json).toEqual(chosen);
    expect((await member.call("GET", path)).json).toEqual(chosen);
    expect((await member.call("PUT", path, { theme_preference: "light", terminal_font: "" })).json).toMatchObject({ theme_dark: "" });
    expect((await member.call("PUT", path, { ...chosen, terminal_font: "comic-sans" })).json.validations).toMatchObject([
      { field: "terminal_font" },
    ]);
    expect((await member.call("PUT", path, { ...chosen, theme_dark: "x".repeat(200) })).status).toBe(400);
    expect((await world.call("GET", "/api/v2/users/milo/appearance")).json).toMatchObject({ theme_preference: "light" });
    expect((await auditor.call("GET", "/api/v2/users/milo/appearance")).status).toBe(403);
  });
});

describe("suspension", () => {
  test("takes effect at once, and ends with the activation", async () => {
    const person = await addPerson(world);
    const put = (verb: string) => world.call("PUT", `/api/v2/users/${person.username}/status/${verb}`);
    const suspended = await put("suspend");
    expect(suspended.status).toBe(200);
    expectShape(User, suspended.json);
    expect(suspended.json.status).toBe("suspended");
    expect((await person.call("GET", "/api/v2/users/me")).status).toBe(401);
    const login = { email: person.email, password: PASSWORD };
    expect((await call(world.url, "POST", "/api/v2/users/login", login)).status).toBe(401);
    expect((await world.client.listUsers({ q: `${person.username} status:suspended` })).count).toBe(1);
    expect((await put("activate")).json.status).toBe("active");
    expect((await person.call("GET", "/api/v2/users/me")).status).toBe(200);
  });

  test("is refused for oneself, for owners, and without the right", async () => {
    expect((await world.call("PUT", "/api/v2/users/me/status/suspend")).status).toBe(400);
    expect((await userAdmin.call("PUT", "/api/v2/users/me/status/suspend")).status).toBe(400);
    const owner = await addPerson(world, { roles: ["owner"] });
    expect((await world.call("PUT", `/api/v2/users/${owner.username}/status/suspend`)).status).toBe(400);
    expect((await auditor.call("PUT", "/api/v2/users/milo/status/suspend")).status).toBe(403);
    expect((await member.call("PUT", "/api/v2/users/audrey/status/suspend")).status).toBe(400);
    expect((await world.call("PUT", "/api/v2/users/milo/status/retire")).status).toBe(404);
  });
});

describe("passwords", () => {
  test("changing one's own requires the old one, and ends every key", async () => {
    const person = await addPerson(world);
    const token = (await person.call("POST", "/api/v2/users/me/keys/tokens", { token_name: "t" })).json.key;
    const put = (body: unknown) => person.call("PUT", "/api/v2/users/me/password", body);
    const next = "Another 44 penguins, marching";
    for (const [body, field] of [
      [{ password: next }, "old_password"],
      [{ password: next, old_password: "wrong" }, "old_password"],
      [{ password: "weak", old_password: PASSWORD }, "password"],
      [{ password: PASSWORD, old_password: PASSWORD }, "password"],
      [{ old_password: PASSWORD }, "password"],
    ] as const) {
      const refused = await put(body);
      expect([refused.status, refused.json.validations[0].field]).toEqual([400, field]);
    }
    const answer = await put({ password: next, old_password: PASSWORD });
    expect([answer.status, answer.text]).toEqual([204, ""]);
    expect((await person.call("GET", "/api/v2/users/me")).status).toBe(401);
    const asToken = await call(world.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": token });
    expect(asToken.status).toBe(401);
    expect((await call(world.url, "POST", "/api/v2/users/login", { email: person.email, password: PASSWORD })).status).toBe(401);
    expect((await call(world.url, "POST", "/api/v2/users/login", { email: person.email, password: next })).status).toBe(201);
  });

  test("if two change it at the same time with the old one, one succeeds", async () => {
    const person = await addPerson(world);
    const put = (password: string) => person.call("PUT", "/api/v2/users/me/password", { password, old_password: PASSWORD });
    const both = await Promise.all([put("First 11 of the passwords"), put("Second 22 of the passwords")]);
    expect(both.map(({ status }) => status).toSorted()).not.toEqual([204, 204]);
    expect(both.map(({ status }) => status)).toContain(204);
  });

  test("another user's is set without the old one, by a caller with the right", async () => {
    const person = await addPerson(world);
    const put = (who: Pick<Person, "call">) =>
      who.call("PUT", `/api/v2/users/${person.username}/password`, { password: "Reset 99 by somebody else" });
    expect((await put(auditor)).status, "not allowed is as not found").toBe(404);
    expect((await put(member)).status).toBe(400);
    expect((await put(userAdmin)).status).toBe(204);
    expect((await person.call("GET", "/api/v2/users/me")).status).toBe(401);
    expect((await put(world)).status, "it is that already").toBe(400);
  });

  test("everybody may check whether one is strong enough", async () => {
    const ask = (body: unknown) => call(world.url, "POST", "/api/v2/users/validate-password", body);
    expect((await ask({ password: PASSWORD })).json).toEqual({ valid: true, details: "" });
    const weak = await ask({ password: "weak" });
    expect([weak.status, weak.json.valid]).toEqual([200, false]);
    expect(weak.json.details).not.toBe("");
    expect((await ask({})).status).toBe(400);
  });
});

describe("site roles", () => {
  test("are listed with what they permit, and whether the caller may give them", async () => {
    const list = async (person: Pick<Person, "call">) => {
      const { status, json } = await person.call("GET", "/api/v2/users/roles");
      expect(status).toBe(200);
      expectShape(Type.Array(AssignableRoles), json);
      return json as AssignableRoles[];
    };
    const roles = await list(world);
    expect(roles.map(({ name }) => name)).toEqual(["auditor", "owner", "template-admin", "user-admin"]);
    expect(roles.every(({ assignable }) => assignable)).toBe(true);
    expect(roles.find(({ name }) => name === "auditor")?.site_permissions).toContainEqual({
      negate: false,
      resource_type: "audit_log",
      action: "read",
    });
    for (const person of [member, auditor, userAdmin]) expect((await list(person)).some(({ assignable }) => assignable)).toBe(false);
  });

  test("are shown to those who may read personal data", async () => {
    const { status, json } = await world.call("GET", "/api/v2/users/audrey/roles");
    expect(status).toBe(200);
    expectShape(UserRoles, json);
    expect(json).toEqual({ roles: ["auditor"], organization_roles: { [organizationId]: [] } });
    expect((await auditor.call("GET", "/api/v2/users/me/roles")).json).toEqual(json);
    expect((await auditor.call("GET", "/api/v2/users/milo/roles")).status).toBe(404);
    expect((await userAdmin.call("GET", "/api/v2/users/milo/roles")).status).toBe(200);
  });

  test("are replaced, and apply from the next request on", async () => {
    const person = await addPerson(world);
    const put = (roles: unknown) => world.call("PUT", `/api/v2/users/${person.username}/roles`, { roles });
    expect((await person.call("GET", "/api/v2/users/milo")).status).toBe(400);
    const given = await put(["auditor", "member", "auditor"]);
    expect(given.status).toBe(200);
    expectShape(User, given.json);
    expect(given.json.roles).toEqual([{ name: "auditor", display_name: "Auditor" }]);
    expect((await person.call("GET", "/api/v2/users/milo")).status).toBe(200);
    expect((await put(null)).json.roles).toEqual([]);
    expect((await person.call("GET", "/api/v2/users/milo")).status).toBe(400);
    for (const roles of [["king"], ["organization-admin"], [`organization-admin:${organizationId}`], [""]]) {
      const refused = await put(roles);
      expect([refused.status, refused.json.validations[0].field]).toEqual([400, "roles"]);
    }
    expect((await put("auditor")).status).toBe(400);
  });

  test("cannot be changed by their own user", async () => {
    for (const person of [world, userAdmin, member])
      expect((await person.call("PUT", "/api/v2/users/me/roles", { roles: [] })).status).toBe(400);
    expect((await world.client.getUser("me")).roles).toMatchObject([{ name: "owner" }]);
  });
});

test("the first user cannot be created again, whoever asks, and however many at once", async () => {
  const again = { ...OWNER, username: "usurper", email: "usurper@example.com" };
  const tries = await Promise.all(Array.from({ length: 4 }, () => call(world.url, "POST", "/api/v2/users/first", again)));
  expect(tries.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
});
