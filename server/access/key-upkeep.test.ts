import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { StoreUnavailableError } from "../errors.ts";
import { createKeyUpkeep } from "./key-upkeep.ts";
import { findKeyOfPerson } from "./used-key-rows.ts";

async function open() {
  const { core, owner, keyHolder, clock } = await openCommandWorld();
  const { key } = await keyHolder(owner.user.id);
  clock.advance(3_600_000);
  const found = await findKeyOfPerson(core.db, key.id);
  if (found === undefined) throw new Error("it was made above");
  const stored = async () => (await findKeyOfPerson(core.db, key.id))?.key;
  return { core, found, clock, stored, keepUp: createKeyUpkeep(core) };
}

test("requests that come together write once, and the next one a minute later", async () => {
  const { keepUp, found, stored, clock } = await open();
  const [first, second] = [keepUp(found, { ipAddress: "192.0.2.1" }), keepUp(found, { ipAddress: "192.0.2.2" })];
  expect(second).toBe(first);
  await first;
  const after = await stored();
  expect(after).toMatchObject({ last_used: clock.now(), ip_address: "192.0.2.1" });
  if (after === undefined) throw new Error("it is still there");
  expect(keepUp({ ...found, key: after }, { ipAddress: "192.0.2.2" })).toBeUndefined();
  clock.advance(60_000);
  await keepUp({ ...found, key: after }, { ipAddress: "192.0.2.2" });
  expect((await stored())?.ip_address).toBe("192.0.2.2");
});

test("a key that was ended meanwhile is not brought back, and its user was not seen by it", async () => {
  const { keepUp, found, stored, core, clock } = await open();
  await core.db.updateTable("api_keys").set({ expires_at: clock.now() }).execute();
  await keepUp(found, { ipAddress: "192.0.2.1" });
  expect(await stored()).toMatchObject({ last_used: found.key.last_used, expires_at: clock.now() });
  const user = await core.db.selectFrom("users").select("last_seen_at").executeTakeFirst();
  expect(user?.last_seen_at).toEqual(found.user.last_seen_at);
});

for (const { status, after } of [
  { status: "dormant", after: "active" },
  { status: "suspended", after: "suspended" },
] as const)
  test(`a user who was dormant when the key was shown, and is ${status} by now, is ${after} afterward`, async () => {
    const { keepUp, found, core } = await open();
    await core.db.updateTable("users").set({ status }).execute();
    await keepUp({ ...found, user: { ...found.user, status: "dormant" } }, { ipAddress: "192.0.2.1" });
    expect(await core.db.selectFrom("users").select("status").execute()).toEqual([{ status: after }]);
  });

test("where nothing can be written, reading goes on, and a later use of the key is written", async () => {
  const { core, found, stored, clock } = await open();
  let isFull = true;
  const keepUp = createKeyUpkeep({
    ...core,
    writeUnlessLocked: async (work) => {
      if (isFull) throw new StoreUnavailableError("the disk is full");
      return core.write(work);
    },
  });
  await keepUp(found, { ipAddress: "192.0.2.1" });
  expect((await stored())?.last_used).toEqual(found.key.last_used);
  isFull = false;
  await keepUp(found, { ipAddress: "192.0.2.1" });
  expect((await stored())?.last_used).toEqual(clock.now());
});
