import { expect, test } from "vitest";
import { NotFoundError } from "#server/errors.ts";
import { addApiKeyUsage } from "#server/usage/add-usage.ts";
import type { Use } from "#server/usage/usage-recorder.ts";
import type { NewDatabase } from "./databases.ts";
import { insertKey } from "./keys.ts";
import { openWorld } from "./world.ts";

/** What keys were used for. */
export function usageContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const world = await openWorld(newDatabase);
    const milo = await world.member("milo");
    const mint = async (tokenName: string) => {
      const token = { userId: milo.user.id, loginType: "token", tokenName, scopes: ["coder:all"], allowList: ["*:*"] } as const;
      return (await insertKey(world.store, { ...token, lifetimeSeconds: 86_400 })).key.id;
    };
    const { core } = world.store.system;
    const at = (minute: number): Date => new Date(world.clock.now().getTime() + minute * 60_000);
    const use = (keyId: string, objectId: string, minute: number, scope = "workspace:read"): Use => ({
      keyId,
      scope,
      objectId,
      count: 1,
      firstUsed: at(minute),
      lastUsed: at(minute),
    });
    return { ...world, milo, mint, core, at, use };
  };

  test("uses add up, and each keeps its first and last time", async () => {
    const { core, mint, use, at, milo } = await open();
    const key = await mint("one");
    const from = (address: string, minute: number) => ({ keyId: key, scope: "workspace:read", address, count: 1, lastUsed: at(minute) });
    await addApiKeyUsage(core, { uses: [use(key, "a", 2), use(key, "b", 2)], addresses: [from("192.0.2.1", 2)] });
    // Of another server, which was slower.
    await addApiKeyUsage(core, {
      uses: [use(key, "a", 1), use(key, "", 3, "template:read")],
      addresses: [from("192.0.2.1", 1), from("192.0.2.2", 3)],
    });
    expect(await milo.view.apiKeyUsage.of(key, at(0))).toEqual([
      {
        scope: "template:read",
        count: 1,
        firstUsed: at(3),
        lastUsed: at(3),
        objects: [{ id: "", count: 1, lastUsed: at(3) }],
        addresses: [],
      },
      {
        scope: "workspace:read",
        count: 3,
        firstUsed: at(1),
        lastUsed: at(2),
        objects: [
          { id: "a", count: 2, lastUsed: at(2) },
          { id: "b", count: 1, lastUsed: at(2) },
        ],
        addresses: [
          { address: "192.0.2.2", count: 1, lastUsed: at(3) },
          { address: "192.0.2.1", count: 2, lastUsed: at(2) },
        ],
      },
    ]);
    expect(await milo.view.apiKeyUsage.of(key, at(3))).toMatchObject([{ scope: "template:read" }]);
  });

  test("belongs to the key: only who may read it sees it, and it ends with it", async () => {
    const { core, mint, use, at, milo, member, asOwner, store } = await open();
    const [key, other] = [await mint("one"), await mint("other")];
    await addApiKeyUsage(core, { uses: [use(key, "a", 1), use(other, "a", 1)], addresses: [] });
    const mia = await member("mia");
    await expect(mia.view.apiKeyUsage.of(key, at(0))).rejects.toThrow(NotFoundError);
    await expect(mia.view.apiKeyUsage.of("0123456789", at(0))).rejects.toThrow(NotFoundError);
    expect(await asOwner.apiKeyUsage.of(key, at(0))).toHaveLength(1);
    await core.db.deleteFrom("api_keys").where("id", "=", key).execute();
    await expect(milo.view.apiKeyUsage.of(key, at(0))).rejects.toThrow(NotFoundError);
    // Counted before the key was deleted, written after.
    await addApiKeyUsage(core, { uses: [use(key, "b", 2), use(other, "b", 2)], addresses: [] });
    const rows = await store.system.core.db.selectFrom("api_key_usage").select(["key_id", "object_id"]).orderBy("object_id").execute();
    expect(rows).toEqual([
      { key_id: other, object_id: "a" },
      { key_id: other, object_id: "b" },
    ]);
  });

  test("tells 512 objects of a key and scope apart, and remembers 16 addresses", async () => {
    const { core, mint, use, at, milo } = await open();
    const key = await mint("one");
    const objects = (first: number, last: number, minute: number) =>
      Array.from({ length: last - first + 1 }, (_, n) => use(key, `o${String(first + n).padStart(4, "0")}`, minute));
    await addApiKeyUsage(core, { uses: objects(1, 500, 1), addresses: [] });
    await addApiKeyUsage(core, {
      uses: [...objects(491, 600, 2), use(key, "", 2), use(key, "o0001", 2, "workspace:start")],
      addresses: [],
    });
    await addApiKeyUsage(core, { uses: objects(701, 1_900, 3), addresses: [] });
    const [read, start] = await milo.view.apiKeyUsage.of(key, at(0));
    const ids = read?.objects.map(({ id }) => id) ?? [];
    expect(ids.filter((id) => id.startsWith("o"))).toHaveLength(512);
    expect(read?.objects[0]).toEqual({ id: "*", count: 88 + 1_200, lastUsed: at(3) });
    expect(ids).toContain("");
    expect(read?.count).toBe(500 + 110 + 1 + 1_200);
    expect(start?.objects).toMatchObject([{ id: "o0001" }]);

    const addresses = Array.from({ length: 40 }, (_, n) => ({
      keyId: key,
      scope: "workspace:read",
      address: `192.0.2.${n}`,
      count: 1,
      lastUsed: at(n),
    }));
    await addApiKeyUsage(core, { uses: [use(key, "", 4)], addresses });
    const [after] = await milo.view.apiKeyUsage.of(key, at(0));
    expect(after?.addresses.map(({ address }) => address)).toEqual(Array.from({ length: 16 }, (_, n) => `192.0.2.${39 - n}`));
  });

  test("several servers add at once without losing or repeating anything", async () => {
    const { core, mint, use, at, milo, database, clock } = await open();
    await using second = await database.open({ now: clock.now });
    const keys = [await mint("one"), await mint("two")];
    const batch = () => ({ uses: keys.flatMap((key) => ["a", "b", "c"].map((id) => use(key, id, 1))), addresses: [] });
    // SQLite is for one server: its waiting for a lock stands still together with who holds it.
    const adding = Array.from({ length: 10 }, (_, n) =>
      addApiKeyUsage(n % 2 === 0 || database.kind === "sqlite" ? core : second.system.core, batch()),
    );
    await Promise.all(adding);
    for (const key of keys) expect(await milo.view.apiKeyUsage.of(key, at(0))).toMatchObject([{ count: 30 }]);
  });
}
