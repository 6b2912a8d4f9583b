/**
 * Every known way to gain more than one was given, over real HTTP: by minting, by changing, by ending, by another key, by another user.
 * Each test acts as somebody who holds a narrow token and tries; the text of the refusal is checked as well.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CreateTokenRequest } from "#sdk/api-keys.ts";
import { type Answer, call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { HOUR, W1, W2 } from "./keys.fixture.ts";

const MEMBER = { email: "bob@example.com", username: "bob", password: "Correct staple 7 horse!" };
const NS_PER_HOUR = 3_600_000_000_000;
const TOKENS = "/api/v2/users/me/keys/tokens";

let world: ServerWorld;
let clockMs = Date.now();
let bob: Bearer;
let ann: Bearer;
beforeAll(async () => {
  world = await openServerWorld({ now: () => new Date(clockMs) });
  ann = bearer(world.sessionToken);
  const made = await world.call("POST", "/api/v2/users", {
    ...MEMBER,
    user_status: "active",
    organization_ids: [await defaultOrganization()],
  });
  expect(made.status).toBe(201);
  bob = await signIn(MEMBER);
});
afterAll(() => world[Symbol.asyncDispose]());

/** A caller with one key. */
interface Bearer {
  readonly id: string;
  readonly key: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
}

function bearer(key: string): Bearer {
  return {
    id: key.slice(0, 10),
    key,
    call: (method, path, body) => call(world.url, method, path, body, { "Coder-Session-Token": key }),
  };
}

async function signIn({ email, password }: { email: string; password: string }): Promise<Bearer> {
  const { status, json } = await call(world.url, "POST", "/api/v2/users/login", { email, password });
  expect(status).toBe(201);
  return bearer(json.session_token);
}

async function defaultOrganization(): Promise<string> {
  const { json } = await world.call("GET", "/api/v2/organizations/default");
  return json.id;
}

let names = 0;
/** @returns a caller with the token, and its name */
async function mint(by: Bearer, request: CreateTokenRequest): Promise<Bearer & { readonly name: string }> {
  names += 1;
  const name = `token-${names}`;
  const { status, json, text } = await by.call("POST", TOKENS, { token_name: name, ...request });
  expect(status, text).toBe(201);
  return { ...bearer(json.key), name };
}

/** The fields of a refusal with their details; fails for anything but a 403. */
function excessOf({ status, json, text }: Answer): Record<string, string> {
  expect(status, text).toBe(403);
  expect(json.message).toBe("Forbidden.");
  const fields: readonly { field: string; detail: string }[] = json.validations ?? [];
  return Object.fromEntries(fields.map(({ field, detail }) => [field, detail]));
}

const works = async (by: Bearer): Promise<boolean> => (await by.call("GET", "/api/v2/users/me/keys/tokens/tokenconfig")).status === 200;

async function keyOf(by: Bearer, id: string) {
  const { status, json } = await by.call("GET", `/api/v2/users/me/keys/${id}`);
  expect(status).toBe(200);
  return json;
}

describe("a token that may create keys", () => {
  let narrow: Bearer;
  beforeAll(async () => {
    narrow = await mint(bob, {
      scopes: ["api_key:create", "workspace:read", "workspace:start"],
      allow_list: ["api_key:*", W1],
      lifetime: 2 * NS_PER_HOUR,
    });
  });

  test("mints within itself", async () => {
    const child = await mint(narrow, { scopes: ["workspace:read"], allow_list: [W1], lifetime: NS_PER_HOUR });
    expect(await keyOf(bob, child.id)).toMatchObject({ minted_by: narrow.id, scopes: ["workspace:read"], lifetime_seconds: 3_600 });
  });

  test("does not get a token for everything by requesting nothing", async () => {
    expect(excessOf(await narrow.call("POST", TOKENS, {}))).toEqual({ scopes: "coder:all", allow_list: "*:*" });
  });

  test("is told exactly what is too much", async () => {
    const end = (await keyOf(bob, narrow.id)).expires_at;
    const wide = { scopes: ["workspace:read", "workspace:delete"], allow_list: [W1, W2], lifetime: 3 * NS_PER_HOUR };
    const answer = await narrow.call("POST", TOKENS, wide);
    const life = `ends after ${end}`;
    expect(excessOf(answer)).toEqual({ scopes: "workspace:delete", allow_list: W2, lifetime: life });
    expect(answer.json.detail).toBe(
      `The new token would go beyond what it may be given: scopes: workspace:delete; allow_list: ${W2}; lifetime: ${life}.`,
    );
  });

  for (const scope of ["all", "coder:all"])
    test(`mints no ${scope}, by scope or by scopes`, async () => {
      for (const body of [{ scope }, { scopes: [scope] }])
        expect(excessOf(await narrow.call("POST", TOKENS, { ...body, allow_list: [W1] }))).toEqual({ scopes: "coder:all" });
    });

  test("mints no application_connect by its older name", async () => {
    const body = { scope: "application_connect", allow_list: [W1] };
    expect(excessOf(await narrow.call("POST", TOKENS, body))).toEqual({ scopes: "workspace:application_connect" });
  });

  test("mints no composite that holds more", async () => {
    const body = { scopes: ["coder:workspaces.operate"], allow_list: [W1] };
    expect(excessOf(await narrow.call("POST", TOKENS, body))).toEqual({
      scopes: "organization_member:read, template:read, workspace:stop, workspace:update",
      allow_list: "organization_member:* (by coder:workspaces.operate), template:* (by coder:workspaces.operate)",
    });
  });

  test("mints no wildcard from an enumeration", async () => {
    const all = await mint(bob, { scopes: ["api_key:create", "api_key:read", "api_key:update", "api_key:delete"] });
    expect(excessOf(await all.call("POST", TOKENS, { scopes: ["api_key:*"] }))).toEqual({ scopes: "api_key:*" });
    const most = (await world.call("GET", "/api/v2/auth/scopes")).json.external.filter((name: string) => /^workspace:[^*]/.test(name));
    const every = await mint(bob, { scopes: ["api_key:create", ...most] });
    expect(excessOf(await every.call("POST", TOKENS, { scopes: ["workspace:*"] }))).toEqual({ scopes: "workspace:*" });
  });

  test("mints no key of a session, even one that may do everything", async () => {
    const everything = await mint(bob, {});
    for (const by of [narrow, everything]) {
      const answer = await by.call("POST", "/api/v2/users/me/keys");
      excessOf(answer);
      expect(answer.json.detail).toContain("Only a session can create a session");
    }
    expect((await bob.call("POST", "/api/v2/users/me/keys")).status).toBe(201);
  });

  test("mints nothing for another user, even an owner's token that may do everything", async () => {
    const owners = await mint(ann, {});
    const body = { scopes: ["workspace:read"] };
    for (const path of ["bob/keys/tokens", "bob/keys"]) excessOf(await owners.call("POST", `/api/v2/users/${path}`, body));
    expect(excessOf(await owners.call("POST", "/api/v2/users/bob/keys/tokens", body))).toEqual({ user: "a user other than the token's" });
    // A member cannot even see the owner.
    expect((await narrow.call("POST", "/api/v2/users/ann/keys/tokens", body)).status).toBe(400);
    expect((await ann.call("POST", "/api/v2/users/bob/keys/tokens", body)).status).toBe(201);
  });

  test("cannot set a boundary, even one narrower than itself", async () => {
    const body = { scopes: ["workspace:read"], allow_list: [W1], boundary: { scopes: ["workspace:read"] } };
    expect(excessOf(await narrow.call("POST", TOKENS, body))).toHaveProperty("boundary");
    const updater = await mint(bob, {});
    const { name } = await mint(bob, { scopes: ["workspace:read"] });
    const patched = await updater.call("PATCH", `${TOKENS}/${name}`, { boundary: { scopes: ["workspace:read"] } });
    expect(excessOf(patched)).toHaveProperty("boundary");
  });

  test("without the right to create keys mints nothing", async () => {
    const reader = await mint(bob, { scopes: ["api_key:read"] });
    const { status, json } = await reader.call("POST", TOKENS, { scopes: ["api_key:read"] });
    expect(status).toBe(403);
    expect(json.detail).toMatch(/^needs `api_key:create`/i);
  });
});

describe("two keys", () => {
  test("of two users: one user's token cannot widen the other's, which it could not mint either", async () => {
    const owners = await mint(ann, {});
    const bobs = await mint(bob, { scopes: ["workspace:read"] });
    const path = `/api/v2/users/bob/keys/tokens/${bobs.name}`;
    const wider = await owners.call("PATCH", path, { scopes: ["workspace:read", "api_key:create"] });
    expect(excessOf(wider)).toEqual({ user: "a user other than the token's" });
    expect(excessOf(await owners.call("PATCH", path, { lifetime: 400 * NS_PER_HOUR }))).toHaveProperty("user");
    expect((await bobs.call("POST", TOKENS, { scopes: ["workspace:read"] })).status).toBe(403);
    expect((await owners.call("PATCH", path, { allow_list: [W1] })).status).toBe(200);
    expect((await ann.call("PATCH", path, { allow_list: [W1, W2] })).status).toBe(200);
  });

  test("that may each change and create keys cannot widen each other", async () => {
    const a = await mint(bob, { scopes: ["api_key:create", "api_key:update", "workspace:read"] });
    const b = await mint(bob, { scopes: ["api_key:create", "api_key:update", "template:read"] });
    const together = ["api_key:create", "api_key:update", "workspace:read", "template:read"];
    expect(excessOf(await a.call("PATCH", `${TOKENS}/${b.name}`, { scopes: together }))).toEqual({ scopes: "template:read" });
    expect(excessOf(await b.call("PATCH", `${TOKENS}/${a.name}`, { scopes: together }))).toEqual({ scopes: "workspace:read" });
    // Each may raise the other to its own rights, and no further; the other's former rights are then gone.
    expect((await a.call("PATCH", `${TOKENS}/${b.name}`, { scopes: ["api_key:update", "workspace:read"] })).status).toBe(200);
    expect(excessOf(await b.call("PATCH", `${TOKENS}/${a.name}`, { scopes: together }))).toEqual({
      scopes: "api_key:create, template:read",
    });
    // Nor through a third.
    const c = await mint(a, { scopes: ["api_key:update"] });
    expect(excessOf(await b.call("PATCH", `${TOKENS}/${c.name}`, { scopes: ["template:read"] }))).toEqual({ scopes: "template:read" });
    for (const [by, name] of [
      [a, a.name],
      [b, b.name],
    ] as const)
      expect(excessOf(await by.call("PATCH", `${TOKENS}/${name}`, { scopes: together }))).not.toEqual({});
  });

  test("of which one is short-lived cannot extend each other", async () => {
    const a = await mint(bob, { scopes: ["api_key:update"], lifetime: NS_PER_HOUR });
    const b = await mint(bob, { scopes: ["api_key:update"], lifetime: 2 * NS_PER_HOUR });
    expect((await b.call("PATCH", `${TOKENS}/${a.name}`, { lifetime: 2 * NS_PER_HOUR })).status).toBe(200);
    for (const by of [a, b])
      for (const { name } of [a, b])
        expect(excessOf(await by.call("PATCH", `${TOKENS}/${name}`, { lifetime: 3 * NS_PER_HOUR }))).toHaveProperty("lifetime");
  });

  test("do not widen what the other may hand on by widening its list", async () => {
    const a = await mint(bob, { scopes: ["api_key:update", "workspace:read"] });
    const b = await mint(bob, {
      scopes: ["api_key:create", "workspace:read"],
      allow_list: ["api_key:*", W1],
      boundary: { scopes: ["workspace:delete"] },
    });
    const patched = await a.call("PATCH", `${TOKENS}/${b.name}`, { scopes: ["workspace:read"], allow_list: [W1, W2] });
    expect(excessOf(patched)).toEqual({ scopes: "workspace:delete" });
  });
});

describe("a change", () => {
  test("by the token itself narrows and never widens", async () => {
    const self = await mint(bob, { scopes: ["api_key:update", "api_key:create", "workspace:read"], lifetime: 2 * NS_PER_HOUR });
    const path = `${TOKENS}/${self.name}`;
    expect(excessOf(await self.call("PATCH", path, { scopes: ["coder:all"] }))).toEqual({ scopes: "coder:all" });
    expect(excessOf(await self.call("PATCH", path, { lifetime: 3 * NS_PER_HOUR }))).toHaveProperty("lifetime");
    expect((await self.call("PATCH", path, { scopes: ["api_key:update"], allow_list: ["api_key:*"] })).json).toMatchObject({
      scopes: ["api_key:update"],
      allow_list: [{ type: "api_key", id: "*" }],
    });
    expect(excessOf(await self.call("PATCH", path, { scopes: ["api_key:update", "workspace:read"] }))).toEqual({
      scopes: "workspace:read",
    });
    expect(excessOf(await self.call("PATCH", path, { allow_list: ["*:*"] }))).toEqual({ allow_list: "*:*" });
  });

  test("by a member cannot give a token everything; by an owner it can", async () => {
    const { name } = await mint(bob, { scopes: ["workspace:read"] });
    for (const scopes of [["all"], ["coder:all"], ["workspace:*"]])
      expect((await bob.call("PATCH", `${TOKENS}/${name}`, { scopes })).json.detail).toContain("Only an owner can give a token");
    expect((await ann.call("PATCH", `/api/v2/users/bob/keys/tokens/${name}`, { scopes: ["all"] })).json).toMatchObject({
      scopes: ["coder:all"],
    });
  });

  test("of a child stays inside its parent's boundary, whoever makes it", async () => {
    const parent = await mint(ann, { scopes: ["api_key:create", "workspace:read"] });
    const child = await mint(parent, { scopes: ["workspace:read"] });
    const patched = await ann.call("PATCH", `${TOKENS}/${child.name}`, { scopes: ["workspace:read", "workspace:ssh"] });
    expect(excessOf(patched)).toEqual({ scopes: "workspace:ssh" });
  });

  test("of an ended token is an invalid request", async () => {
    const gone = await mint(bob, { scopes: ["workspace:read"] });
    expect((await bob.call("PUT", `/api/v2/users/me/keys/${gone.id}/expire`)).status).toBe(204);
    const { status, json } = await bob.call("PATCH", `${TOKENS}/${gone.name}`, { description: "x" });
    expect([status, json.message]).toEqual([400, expect.stringContaining("ended at")]);
  });

  test("that narrows a token narrows the keys that it minted", async () => {
    const parent = await mint(bob, { scopes: ["api_key:*"], lifetime: 3 * NS_PER_HOUR });
    const child = await mint(parent, { scopes: ["api_key:read", "api_key:create"] });
    const grandchild = await mint(child, { scopes: ["api_key:read"] });
    expect((await grandchild.call("GET", `/api/v2/users/me/keys/${child.id}`)).status).toBe(200);
    expect((await bob.call("PATCH", `${TOKENS}/${parent.name}`, { scopes: ["api_key:create"], lifetime: NS_PER_HOUR })).status).toBe(200);
    const { status, json } = await grandchild.call("DELETE", `/api/v2/users/me/keys/${child.id}`);
    expect([status, json.message]).toEqual([404, expect.any(String)]);
    expect((await grandchild.call("GET", `/api/v2/users/me/keys/${child.id}`)).status).toBe(404);
    expect(new Date((await keyOf(bob, grandchild.id)).expires_at).getTime()).toBeLessThanOrEqual(clockMs + HOUR);
  });
});

describe("an end", () => {
  test("of a parent's life is the end of its children's", async () => {
    const parent = await mint(bob, { scopes: ["api_key:create", "workspace:read"], lifetime: NS_PER_HOUR });
    const child = await mint(parent, { scopes: ["workspace:read"] });
    expect((await keyOf(bob, child.id)).expires_at).toBe((await keyOf(bob, parent.id)).expires_at);
    clockMs += HOUR + 1_000;
    expect(await works(parent)).toBe(false);
    expect(await works(child)).toBe(false);
    expect((await parent.call("POST", TOKENS, { scopes: ["workspace:read"] })).status).toBe(401);
  });

  for (const how of ["DELETE", "expire"] as const) {
    const path = (id: string, query = "") => `/api/v2/users/me/keys/${id}${how === "expire" ? "/expire" : ""}${query}`;
    const method = how === "expire" ? "PUT" : "DELETE";

    test(`by ${how} also ends everything that the token minted`, async () => {
      const parent = await mint(bob, { scopes: ["api_key:create"] });
      const child = await mint(parent, { scopes: ["api_key:create"] });
      const grandchild = await mint(child, { scopes: ["api_key:create"] });
      const sibling = await mint(bob, { scopes: ["api_key:create"] });
      expect((await bob.call(method, path(parent.id))).status).toBe(204);
      expect(await Promise.all([parent, child, grandchild, sibling].map(works))).toEqual([false, false, false, true]);
      expect((await bob.call("GET", `/api/v2/users/me/keys/${child.id}`)).status).toBe(how === "expire" ? 200 : 404);
    });

    test(`by ${how} without cascade leaves children with the ceilings that they had`, async () => {
      const parent = await mint(bob, { scopes: ["api_key:create", "api_key:update", "workspace:read"] });
      const child = await mint(parent, { scopes: ["api_key:create", "api_key:update"] });
      expect((await bob.call(method, path(parent.id, "?cascade=false"))).status).toBe(204);
      expect([await works(parent), await works(child)]).toEqual([false, true]);
      expect(excessOf(await child.call("POST", TOKENS, { scopes: ["workspace:read"] }))).toEqual({ scopes: "workspace:read" });
      const widened = await bob.call("PATCH", `${TOKENS}/${child.name}`, { scopes: ["workspace:ssh"] });
      expect(excessOf(widened)).toEqual({ scopes: "workspace:ssh" });
    });
  }

  test("in the middle of a chain does not hide the keys below from the top", async () => {
    const top = await mint(bob, { scopes: ["api_key:*", "workspace:read"] });
    const middle = await mint(top, { scopes: ["api_key:*", "workspace:read"] });
    const bottom = await mint(middle, { scopes: ["api_key:read", "workspace:read"] });
    const other = await mint(top, { scopes: ["api_key:*"] });
    const below = await mint(other, { scopes: ["api_key:read"] });
    // A thief of the top key tries to make its children look like nobody's, by deleting and by signing out.
    expect((await bottom.call("GET", `/api/v2/users/me/keys/${top.id}`)).status).toBe(200);
    expect((await middle.call("DELETE", `/api/v2/users/me/keys/${middle.id}?cascade=false`)).status).toBe(204);
    expect((await other.call("POST", "/api/v2/users/logout")).status).toBe(200);
    expect(await Promise.all([bottom, below].map(works))).toEqual([true, true]);
    expect((await bob.call("PATCH", `${TOKENS}/${top.name}`, { scopes: ["workspace:read"] })).status).toBe(200);
    expect((await bottom.call("GET", `/api/v2/users/me/keys/${bottom.id}`)).status).toBe(404);
    expect((await bob.call("DELETE", `/api/v2/users/me/keys/${top.id}`)).status).toBe(204);
    expect(await Promise.all([bottom, below].map(works))).toEqual([false, false]);
  });

  test("of a session keeps the tokens that it minted, unless asked to end them too", async () => {
    for (const cascade of [false, true]) {
      const session = await signIn(MEMBER);
      const child = await mint(session, { scopes: ["api_key:read"] });
      expect((await bob.call("DELETE", `/api/v2/users/me/keys/${session.id}${cascade ? "?cascade=true" : ""}`)).status).toBe(204);
      expect([await works(session), await works(child)]).toEqual([false, !cascade]);
    }
  });

  test("by signing out ends no token", async () => {
    const session = await signIn(MEMBER);
    const child = await mint(session, { scopes: ["api_key:read"] });
    expect((await session.call("POST", "/api/v2/users/logout")).status).toBe(200);
    expect([await works(session), await works(child)]).toEqual([false, true]);
  });

  test("with a cascade that is neither true nor false is an invalid request", async () => {
    const token = await mint(bob, { scopes: ["api_key:read"] });
    const { status, json } = await bob.call("DELETE", `/api/v2/users/me/keys/${token.id}?cascade=perhaps`);
    expect([status, json.validations[0].field]).toEqual([400, "cascade"]);
    expect(await works(token)).toBe(true);
  });

  test("of another user's key is refused like that of a missing one", async () => {
    const foreign = await mint(ann, { scopes: ["api_key:read"] });
    const answers = await Promise.all(
      [foreign.id, "aaaaaaaaaa"].flatMap((id) => [
        bob.call("GET", `/api/v2/users/me/keys/${id}`),
        bob.call("DELETE", `/api/v2/users/me/keys/${id}`),
        bob.call("PUT", `/api/v2/users/me/keys/${id}/expire`),
      ]),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    // Nor under the wrong user's path, for a caller who may see both.
    expect((await ann.call("GET", `/api/v2/users/bob/keys/${foreign.id}`)).status).toBe(404);
    expect((await ann.call("DELETE", `/api/v2/users/bob/keys/${foreign.id}`)).status).toBe(404);
    expect(await works(foreign)).toBe(true);
  });
});

test("a deleted user's keys mint nothing, and nothing is minted for a deleted user", async () => {
  const carl = { email: "carl@example.com", username: "carl", password: "Correct lamp 5 horse!" };
  const made = await ann.call("POST", "/api/v2/users", { ...carl, user_status: "active", organization_ids: [await defaultOrganization()] });
  const session = await signIn(carl);
  const token = await mint(session, {});
  expect((await ann.call("DELETE", `/api/v2/users/${made.json.id}`)).status).toBe(200);
  for (const by of [session, token]) expect((await by.call("POST", TOKENS, {})).status).toBe(401);
  expect((await ann.call("POST", `/api/v2/users/${made.json.id}/keys/tokens`, {})).status).toBe(400);
});

test("a boundary hands on what the token does not hold, and each use of it is recorded", async () => {
  const broker = await mint(ann, { scopes: ["api_key:create"], boundary: { scopes: ["workspace:*"], allow_list: [W1] } });
  expect((await keyOf(ann, broker.id)).boundary).toEqual({
    scopes: ["workspace:*"],
    allow_list: [{ type: "workspace", id: W1.slice(10) }],
  });
  expect((await broker.call("GET", `/api/v2/workspaces/${W1.slice(10)}`)).status).toBe(404);
  const child = await mint(broker, { scopes: ["workspace:ssh"], allow_list: [W1] });
  expect(excessOf(await broker.call("POST", TOKENS, { scopes: ["api_key:create"], allow_list: [W1] }))).toEqual({
    scopes: "api_key:create",
  });
  const { json } = await ann.call("GET", "/api/v2/audit?q=resource_type:api_key&limit=5");
  const entries: readonly { additional_fields: Record<string, unknown>; status_code: number }[] = json.audit_logs;
  expect(entries.find(({ additional_fields }) => additional_fields.key_id === child.id)?.additional_fields).toMatchObject({
    boundary_used: { scopes: ["workspace:*"], allow_list: [W1] },
  });
  expect(entries.some(({ status_code }) => status_code === 403)).toBe(true);
  expect(JSON.stringify(json)).not.toContain(child.key.slice(11));
});
