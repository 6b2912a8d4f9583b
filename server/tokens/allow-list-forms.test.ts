/** Allow lists that look narrow and are not, or the other way round: what a token with each of them reaches. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { RESOURCE_TYPES } from "#authz/resource-types.ts";
import { addPerson, mintToken, type Person } from "#test/server/people.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let person: Person;
beforeAll(async () => {
  world = await openServerWorld();
  person = await addPerson(world, { username: "milo" });
});
afterAll(() => world[Symbol.asyncDispose]());

const as = (token: string, method: string, path: string, body?: unknown) =>
  call(world.url, method, path, body, { "Coder-Session-Token": token });
const EVERY_TYPE = RESOURCE_TYPES.map((type) => `${type}:*`);

test("an entry for any type admits the object with that ID, and nothing else", async () => {
  const token = await mintToken(world, { scopes: ["user:read", "api_key:create"], allow_list: [`*:${person.id}`] });
  expect((await as(token, "GET", "/api/v2/users/milo")).status).toBe(200);
  expect((await as(token, "GET", "/api/v2/users/ann")).status).toBe(400);
  expect((await as(token, "GET", "/api/v2/users")).json.count).toBe(1);
  expect((await as(token, "POST", "/api/v2/users/me/keys/tokens", {})).status, "a new key has no ID yet").toBe(403);
});

test("all types one by one stand for no wildcard when a token hands them on", async () => {
  const token = await mintToken(world, { scopes: ["coder:all"], allow_list: EVERY_TYPE });
  const wide = await as(token, "POST", "/api/v2/users/me/keys/tokens", { scopes: ["user:read"], lifetime: 60e9 });
  expect([wide.status, wide.text]).toEqual([403, expect.stringContaining("*:*")]);
  const same = { scopes: ["user:read"], allow_list: EVERY_TYPE, lifetime: 60e9 };
  expect((await as(token, "POST", "/api/v2/users/me/keys/tokens", same)).status).toBe(201);
  expect((await as(token, "PUT", "/api/v2/users/milo/password", { password: "Purple monkey 8 dishwasher!" })).status).toBe(403);
});

test("a member's session cannot raise a token to everything, by a wildcard or by all types one by one", async () => {
  for (const [name, allow_list] of [
    ["wildcard", ["*:*"]],
    ["enumerated", EVERY_TYPE],
  ] as const) {
    const path = `/api/v2/users/me/keys/tokens/${name}`;
    expect((await person.call("POST", "/api/v2/users/me/keys/tokens", { token_name: name, scopes: ["workspace:read"] })).status).toBe(201);
    const raised = await person.call("PATCH", path, { scopes: ["coder:all"], allow_list });
    expect([name, raised.status]).toEqual([name, 403]);
    expect((await person.call("PATCH", path, { scopes: ["workspace:*"], allow_list: ["workspace:*"] })).status, "narrower").toBe(200);
  }
});

for (const entry of ["*:", ":*", "*", "workspace", "workspace:**", "workspace:dev", "**:*", "workspace:*:*", "Workspace:*", "nothing:*"])
  test(`an entry ${JSON.stringify(entry)} is refused`, async () => {
    const { status } = await world.call("POST", "/api/v2/users/me/keys/tokens", { scopes: ["workspace:read"], allow_list: [entry] });
    expect(status).toBe(400);
  });
