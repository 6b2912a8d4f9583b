import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { lockedDescendantsOf } from "./key-change-rows.ts";

test("descendants are found to any depth, once each and oldest first, of one key or of all of a user", async () => {
  const { core, owner, person, keyHolder, clock } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const mint = async (mintedBy: string | null, userId = owner.user.id) => {
    clock.advance(1);
    return (await keyHolder(userId, { mintedBy })).key.id;
  };
  const top = await mint(null);
  const first = await mint(top);
  const second = await mint(top, id);
  const below = await mint(first, id);
  const foreign = await mint(null, id);
  const found = async (of: Parameters<typeof lockedDescendantsOf>[2]) =>
    (await core.write((tx) => lockedDescendantsOf(core, tx, of))).map((key) => key.id);
  expect(await found({ id: top })).toEqual([first, second, below]);
  expect(await found({ id: first })).toEqual([below]);
  expect(await found({ userId: owner.user.id })).toEqual([first, second, below]);
  expect([await found({ id: foreign }), await found({ userId: id })]).toEqual([[], []]);
});

test("keys that name each other as their makers do not hold up the search", async () => {
  const { core, owner, keyHolder } = await openCommandWorld();
  const [one, two] = [await keyHolder(owner.user.id), await keyHolder(owner.user.id)];
  const setMaker = (key: string, minted_by: string) => core.db.updateTable("api_keys").set({ minted_by }).where("id", "=", key).execute();
  await setMaker(one.key.id, two.key.id);
  await setMaker(two.key.id, one.key.id);
  const found = await core.write((tx) => lockedDescendantsOf(core, tx, { id: one.key.id }));
  expect(found.map(({ id }) => id).toSorted()).toEqual([one.key.id, two.key.id].toSorted());
});
