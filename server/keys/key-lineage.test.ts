import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { ceilingOf } from "./grants.ts";
import { deleteKeysOf, endKey, renewCeilings } from "./key-lineage.ts";
import { findKey } from "./key-rows.ts";

/** A chain of three tokens of the first user, each made by the one before. */
async function open() {
  const world = await openCommandWorld();
  const userId = world.owner.user.id;
  const mint = async (tokenName: string, parent?: Awaited<ReturnType<typeof world.keyHolder>>) =>
    world.keyHolder(userId, {
      loginType: "token",
      tokenName,
      ...(parent !== undefined && { mintedBy: parent.key.id, ceilings: [ceilingOf(parent.key), ...parent.key.ceilings] }),
    });
  const top = await mint("top");
  const middle = await mint("middle", top);
  const bottom = await mint("bottom", middle);
  const find = async (id: string) => findKey(world.core.db, id);
  return { ...world, userId, top: top.key, middle: middle.key, bottom: bottom.key, find };
}

describe("an ended key", () => {
  test("takes along all below it with cascade, oldest first", async () => {
    const { core, top, find, middle, bottom } = await open();
    const changes = await core.write((tx) => endKey(core, tx, top, { how: "delete", cascade: true }));
    expect(changes.map(({ before }) => before.token_name)[0]).toBe("top");
    expect(changes.map(({ before }) => before.token_name).toSorted()).toEqual(["bottom", "middle", "top"]);
    expect([await find(top.id), await find(middle.id), await find(bottom.id)]).toEqual([undefined, undefined, undefined]);
  });

  test("in the middle hands its children to its maker without cascade, with their ceilings", async () => {
    const { core, top, find, middle, bottom } = await open();
    await core.write((tx) => endKey(core, tx, middle, { how: "delete", cascade: false }));
    expect(await find(bottom.id)).toMatchObject({ minted_by: top.id, ceilings: bottom.ceilings });
  });

  test("at the top leaves its children as they are, below a key that is gone", async () => {
    const { core, top, find, middle } = await open();
    await core.write((tx) => endKey(core, tx, top, { how: "delete", cascade: false }));
    expect(await find(middle.id)).toMatchObject({ minted_by: top.id, ceilings: middle.ceilings });
  });

  test("that had expired before is not expired anew, and what is below it is", async () => {
    const { core, top, middle, find, clock } = await open();
    await core.write((tx) => endKey(core, tx, top, { how: "expire", cascade: false }));
    const expired = await find(top.id);
    clock.advance(1_000);
    if (expired === undefined) throw new Error("its row stays");
    const changes = await core.write((tx) => endKey(core, tx, expired, { how: "expire", cascade: true }));
    expect(changes.map(({ before }) => before.token_name).toSorted()).toEqual(["bottom", "middle"]);
    expect((await find(middle.id))?.expires_at).toEqual(clock.now());
  });
});

test("with a user's keys go those of others that descend from them, and only these are told", async () => {
  const { core, userId, bottom, keyHolder, person, find } = await open();
  const { id } = (await person("milo")).user;
  const [left, own] = [await keyHolder(id, { mintedBy: bottom.id }), await keyHolder(id)];
  const others = await core.write((tx) => deleteKeysOf(core, tx, userId));
  expect(others.map(({ before }) => before.id)).toEqual([left.key.id]);
  expect(await core.db.selectFrom("api_keys").select("id").execute()).toEqual([{ id: own.key.id }]);
  expect(await find(left.key.id)).toBeUndefined();
});

describe("a changed key", () => {
  test("renews what bounds the keys below it, and leaves alone what bounds them beside it", async () => {
    const { core, top, middle, bottom, find } = await open();
    const narrowed = { ...top, scopes: ["workspace:read"] };
    const changes = await core.write((tx) => renewCeilings(core, tx, narrowed));
    expect(changes).toHaveLength(2);
    expect((await find(middle.id))?.ceilings).toEqual([ceilingOf(narrowed)]);
    expect((await find(bottom.id))?.ceilings).toEqual([ceilingOf(middle), ceilingOf(narrowed)]);
  });

  test("that ends sooner cuts those below it, and they hand on no more time than they have left", async () => {
    const { core, top, middle, bottom, find, clock } = await open();
    const expires_at = new Date(clock.now().getTime() + 1_000);
    await core.write((tx) => renewCeilings(core, tx, { ...top, expires_at }));
    expect([(await find(middle.id))?.expires_at, (await find(bottom.id))?.expires_at]).toEqual([expires_at, expires_at]);
    expect((await find(bottom.id))?.ceilings.map((ceiling) => ceiling.expires_at)).toEqual([
      expires_at.toISOString(),
      expires_at.toISOString(),
    ]);
  });

  test("that hands on what it did before changes nothing", async () => {
    const { core, top } = await open();
    expect(await core.write((tx) => renewCeilings(core, tx, { ...top, description: "new" }))).toEqual([]);
  });
});
