import { sql } from "kysely";
import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { createKeyAuthentication } from "./authenticate-key.ts";
import type { UnknownValue } from "./subject-of-key.ts";

const USE = { ipAddress: "192.0.2.7" };

async function open() {
  const { core, owner, keyHolder, clock } = await openCommandWorld();
  const told: UnknownValue[] = [];
  const { key, secret } = await keyHolder(owner.user.id, { loginType: "token", tokenName: "ci" });
  return { core, owner, key, secret, clock, told, authenticate: createKeyAuthentication(core, (unknown) => void told.push(unknown)) };
}

test("a key is found by its id and opened by its secret, with its user and the user's roles", async () => {
  const { authenticate, key, secret, owner } = await open();
  const found = await authenticate(secret, USE);
  expect(found).toMatchObject({ key: { id: key.id }, user: { id: owner.user.id }, roles: { site: ["owner"] } });
  expect(found?.subject).toMatchObject({ id: owner.user.id, credential: { kind: "token", id: key.id } });
});

for (const { what, change } of [
  { what: "another secret", change: (secret: string) => `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}` },
  { what: "another id", change: (secret: string) => `0000000000${secret.slice(10)}` },
  { what: "no id", change: (secret: string) => secret.slice(11) },
  { what: "a space behind it", change: (secret: string) => `${secret} ` },
  { what: "nothing", change: () => "" },
])
  test(`${what} opens nothing`, async () => {
    const { authenticate, secret } = await open();
    expect(await authenticate(change(secret), USE)).toBeUndefined();
  });

test("as long as nothing has changed it is the same subject, and from a change on another", async () => {
  const { authenticate, secret, core, owner } = await open();
  await authenticate(secret, USE);
  const first = await authenticate(secret, USE);
  expect((await authenticate(secret, USE))?.subject).toBe(first?.subject);
  await core.db.updateTable("users").set({ rbac_roles: [] }).where("id", "=", owner.user.id).execute();
  const second = await authenticate(secret, USE);
  expect([second?.subject === first?.subject, second?.roles.site]).toEqual([false, []]);
});

test("a key ends at its end, and with its user's suspension", async () => {
  const { authenticate, secret, key, clock, core, owner } = await open();
  await core.db.updateTable("users").set({ status: "suspended" }).where("id", "=", owner.user.id).execute();
  expect(await authenticate(secret, USE)).toBeUndefined();
  await core.db.updateTable("users").set({ status: "active" }).where("id", "=", owner.user.id).execute();
  expect(await authenticate(secret, USE)).toBeDefined();
  clock.advance(key.expires_at.getTime() - clock.now().getTime());
  expect(await authenticate(secret, USE)).toBeUndefined();
});

test("a key that holds what nobody knows opens nothing and is complained of, also when its lists are no JSON", async () => {
  const { authenticate, secret, key, core, owner, told } = await open();
  await core.db
    .updateTable("api_keys")
    .set({ scopes: ["moon:land"] })
    .execute();
  expect(await authenticate(secret, USE)).toBeUndefined();
  await sql`update api_keys set scopes = '{'`.execute(core.db);
  expect(await authenticate(secret, USE)).toBeUndefined();
  expect(told.at(0)).toEqual({ keyId: key.id, userId: owner.user.id, problem: expect.stringContaining("moon:land") });
  expect(told.at(-1)).toMatchObject({ keyId: key.id, userId: "" });
});
