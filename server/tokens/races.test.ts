/** Keys that are made while others are made or ended. Whoever comes first, nothing of a dead key lives. */
import { expect, test } from "vitest";
import { addPerson, mintToken } from "#test/server/people.ts";
import { call, openServerWorld } from "#test/server/server-world.ts";

const TOKENS = "/api/v2/users/me/keys/tokens";

test("of two who take a name at the same time one gets it, and the other a conflict", async () => {
  await using world = await openServerWorld();
  const made = await Promise.all(Array.from({ length: 12 }, () => world.call("POST", TOKENS, { token_name: "ci" })));
  expect(made.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(11).fill(409)]);
});

for (const { what, end } of [
  { what: "is deleted", end: (id: string) => ["DELETE", `/api/v2/users/me/keys/${id}`] as const },
  { what: "is expired", end: (id: string) => ["PUT", `/api/v2/users/me/keys/${id}/expire`] as const },
])
  test(`a token that mints while it ${what} leaves no child that works`, async () => {
    await using world = await openServerWorld();
    for (let round = 0; round < 6; round++) {
      const parent = await mintToken(world, { scopes: ["coder:apikeys.manage_self", "user:read"] });
      const [id = ""] = parent.split("-");
      const [method, path] = end(id);
      const mint = () => call(world.url, "POST", TOKENS, { scopes: ["user:read"], lifetime: 60e9 }, { "Coder-Session-Token": parent });
      const [, ended, ...minted] = await Promise.all([mint(), world.call(method, path), mint(), mint(), mint()]);
      expect(ended?.status).toBe(204);
      for (const { status, json } of minted) {
        expect(status).toBeOneOf([201, 401]);
        if (status !== 201) continue;
        const child = await call(world.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": json.key });
        expect(child.status, "a child of a token that has ended").toBe(401);
      }
      expect((await mint()).status).toBe(401);
    }
  });

test("a user who is deleted or suspended while minting has no key that works", async () => {
  await using world = await openServerWorld();
  for (const end of [
    (name: string) => ["DELETE", `/api/v2/users/${name}`] as const,
    (name: string) => ["PUT", `/api/v2/users/${name}/status/suspend`] as const,
  ]) {
    const person = await addPerson(world);
    const mint = () => person.call("POST", TOKENS, {});
    const [method, path] = end(person.username);
    const minted = await Promise.all([mint(), world.call(method, path), mint(), mint()]);
    for (const { json } of minted)
      if (json?.key !== undefined)
        expect((await call(world.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": json.key })).status).toBe(401);
  }
});

test("what has expired is never extended, by use or by a change", async () => {
  const start = Date.now();
  let now = start;
  await using world = await openServerWorld({ now: () => new Date(now) });
  const person = await addPerson(world);
  const made = await person.call("POST", TOKENS, { token_name: "short", lifetime: 60e9 });
  const key = { "Coder-Session-Token": made.json.key };
  const me = () => call(world.url, "GET", "/api/v2/users/me", undefined, key);
  now += 59_000;
  expect((await me()).status).toBe(200);
  now += 2_000;
  expect((await me()).status, "use did not extend it").toBe(401);
  expect((await person.call("PATCH", `${TOKENS}/short`, { lifetime: 3_600e9 })).status).toBe(400);
  expect((await me()).status).toBe(401);
  now += 25 * 3_600_000;
  expect((await person.call("GET", "/api/v2/users/me")).status, "a session that was not used for a day").toBe(401);
  expect((await person.call("GET", "/api/v2/users/me")).status, "and not by trying").toBe(401);
});
