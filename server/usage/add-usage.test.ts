import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { addApiKeyUsage } from "./add-usage.ts";
import { OBJECTS_TOLD_APART } from "./object-rules.ts";
import { usageOfKey } from "./read-usage.ts";
import { MANY_OBJECTS } from "./usage-recorder.ts";

async function open() {
  const { core, owner, keyHolder } = await openCommandWorld();
  const { key } = await keyHolder(owner.user.id);
  const at = core.now();
  const use = { keyId: key.id, scope: "workspace:read", objectId: "w", count: 1, firstUsed: at, lastUsed: at };
  const address = { keyId: key.id, scope: "workspace:read", address: "192.0.2.1", count: 1, lastUsed: at };
  return { core, use, address, at, usage: () => usageOfKey(owner.access, key.id, new Date(0)) };
}

test("what comes later is added to what is there, whichever came first", async () => {
  const { core, use, address, at, usage } = await open();
  const later = new Date(at.getTime() + 1_000);
  await addApiKeyUsage(core, { uses: [{ ...use, count: 2, firstUsed: later, lastUsed: later }], addresses: [address] });
  await addApiKeyUsage(core, { uses: [{ ...use, count: 3 }], addresses: [{ ...address, count: 2 }] });
  expect(await usage()).toEqual([
    {
      scope: "workspace:read",
      count: 5,
      firstUsed: at,
      lastUsed: later,
      objects: [{ id: "w", count: 5, lastUsed: later }],
      addresses: [{ address: "192.0.2.1", count: 3, lastUsed: at }],
    },
  ]);
});

test("of a key that is gone by now nothing is kept, and of others all the same", async () => {
  const { core, use, usage } = await open();
  await addApiKeyUsage(core, { uses: [{ ...use, keyId: "0000000000" }, use], addresses: [] });
  expect(await core.db.selectFrom("api_key_usage").select("key_id").execute()).toEqual([{ key_id: use.keyId }]);
  expect(await usage()).toHaveLength(1);
});

test("past the objects that are told apart new ones are counted together, in one batch and over several", async () => {
  const { core, use, usage } = await open();
  const uses = Array.from({ length: OBJECTS_TOLD_APART + 1 }, (_, at) => ({ ...use, objectId: `w${at}` }));
  await addApiKeyUsage(core, { uses, addresses: [] });
  await addApiKeyUsage(core, {
    uses: [
      { ...use, objectId: "new" },
      { ...use, objectId: "w0" },
    ],
    addresses: [],
  });
  const [{ objects = [], count = 0 } = {}] = await usage();
  expect([objects.length, count]).toEqual([OBJECTS_TOLD_APART + 1, OBJECTS_TOLD_APART + 3]);
  expect(objects.find(({ id }) => id === MANY_OBJECTS)?.count).toBe(2);
  expect(objects.find(({ id }) => id === "w0")?.count).toBe(2);
});

test("the latest sixteen addresses of a scope are kept", async () => {
  const { core, use, address, at, usage } = await open();
  const addresses = Array.from({ length: 20 }, (_, index) => ({
    ...address,
    address: `192.0.2.${index}`,
    lastUsed: new Date(at.getTime() + index),
  }));
  await addApiKeyUsage(core, { uses: [use], addresses: addresses.toReversed() });
  const [found] = await usage();
  expect(found?.addresses.map((one) => one.address)).toEqual(
    addresses
      .slice(4)
      .toReversed()
      .map((one) => one.address),
  );
});
