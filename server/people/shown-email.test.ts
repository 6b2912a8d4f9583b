import { afterAll, beforeAll, expect, test } from "vitest";
import { addPerson, mintToken, type Person } from "#test/server/people.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let auditor: Person;
beforeAll(async () => {
  world = await openServerWorld();
  auditor = await addPerson(world, { username: "audrey", roles: ["auditor"] });
  await addPerson(world, { username: "milo" });
});
afterAll(() => world[Symbol.asyncDispose]());

const PATHS = [
  "/api/v2/users",
  "/api/v2/users?q=milo",
  "/api/v2/users/milo",
  "/api/v2/organizations/default/members",
  "/api/v2/organizations/default/paginated-members",
  "/api/v2/organizations/default/members/milo",
  "/api/v2/organizations/default/members/milo/workspaces/available-users",
];

/** The addresses that a credential finds anywhere. */
async function found(token: string): Promise<string[]> {
  const seen = new Set<string>();
  let answered = 0;
  for (const path of PATHS) {
    const { status, text } = await call(world.url, "GET", path, undefined, { "Coder-Session-Token": token });
    if (status === 200) answered++;
    for (const [address] of text.matchAll(/\w+@example\.com/g)) seen.add(address);
  }
  expect(answered).toBeGreaterThan(2);
  return [...seen].toSorted();
}

const count = async (token: string, query: string) =>
  (await call(world.url, "GET", `/api/v2/users?q=${query}`, undefined, { "Coder-Session-Token": token })).json.count;

test("a token that may look people up shows no address but its own user's", async () => {
  for (const scopes of [
    ["user:read", "organization:read"],
    ["user:read", "organization:read", "coder:workspaces.operate"],
    ["user:read", "organization:read", "workspace:*"],
  ])
    expect(await found(await mintToken(world, { scopes }))).toEqual(["ann@example.com"]);
});

test("nor does it find anybody by a part of the address", async () => {
  const token = await mintToken(world, { scopes: ["user:read"] });
  expect([await count(token, "milo@example"), await count(token, "example.com")]).toEqual([0, 1]);
  expect(await count(token, "milo")).toBe(1);
  expect(await count(world.sessionToken, "milo@example")).toBe(1);
});

test("with user:read_personal it shows them, and by an allow list only whose", async () => {
  const scopes = ["user:read", "user:read_personal", "organization:read"];
  const everybody = await mintToken(world, { scopes });
  expect(await found(everybody)).toEqual(["ann@example.com", "audrey@example.com", "milo@example.com"]);
  expect(await count(everybody, "milo@example")).toBe(1);
});

test("signed in, whoever may see a user sees the address, as the dashboard expects", async () => {
  expect(await found(auditor.sessionToken)).toContain("milo@example.com");
  expect(await found(world.sessionToken)).toContain("milo@example.com");
  expect(await found(await mintToken(auditor)), "a token without limits, of somebody who may not read what is personal").toEqual([
    "audrey@example.com",
  ]);
});

test("a changed profile shows no address to whoever may not read it", async () => {
  const token = await mintToken(world, { scopes: ["user:read", "user:update_personal"] });
  const { status, json } = await call(
    world.url,
    "PUT",
    "/api/v2/users/milo/profile",
    { username: "milo", name: "M" },
    { "Coder-Session-Token": token },
  );
  expect([status, json.email]).toEqual([200, ""]);
});
