import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { OWNER_PASSWORD } from "#test/contracts/world.ts";
import { authenticatePassword } from "./authenticate-password.ts";

test("a password opens its user, by an address in any letter case, unless suspended or signed in otherwise", async () => {
  const { core, owner } = await openCommandWorld();
  const opens = async (email = "Olive@Example.test", password = OWNER_PASSWORD) => (await authenticatePassword(core, email, password))?.id;
  expect(await opens()).toBe(owner.user.id);
  expect([await opens("nobody@example.test"), await opens(undefined, "wrong"), await opens(undefined, "")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const users = core.db.updateTable("users");
  for (const set of [
    { status: "suspended" },
    { status: "active", login_type: "none" },
    { login_type: "password", deleted: true },
  ] as const) {
    await users.set(set).execute();
    expect(await opens(), JSON.stringify(set)).toBeUndefined();
  }
});
