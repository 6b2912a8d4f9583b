import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { findUserWithPassword, replacePassword } from "./password-rows.ts";

test("a password is replaced only while it is the one that was compared, and its user is there", async () => {
  const { core, owner } = await openCommandWorld();
  const { id } = owner.user;
  const before = await findUserWithPassword(core.db, id);
  if (before === undefined) throw new Error("the first user has a password");
  const set = { hashed_password: "next", updated_at: core.now() };
  expect(await replacePassword(core.db, before, set)).toBe(true);
  expect(await replacePassword(core.db, before, { ...set, hashed_password: "other" })).toBe(false);
  expect((await findUserWithPassword(core.db, id))?.hashed_password).toBe("next");
  await core.db.updateTable("users").set({ deleted: true }).where("id", "=", id).execute();
  expect(await replacePassword(core.db, { id, hashed_password: "next" }, set)).toBe(false);
  expect(await findUserWithPassword(core.db, id)).toBeUndefined();
});
