import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NameTakenError } from "../errors.ts";
import { addUser } from "./add-user.ts";

test("a user is stored with its hash, its memberships and a key of its own, and without an entry", async () => {
  const { core, organizationId, entries } = await openCommandWorld();
  const user = { email: "nina@example.test", username: "nina", loginType: "password", organizationIds: [organizationId] } as const;
  const made = await core.write((tx) => addUser(core, tx, user, "a hash"));
  expect(made).toMatchObject({ name: "", status: "active", rbac_roles: [], organization_ids: [organizationId], created_at: core.now() });
  const { db } = core;
  const stored = await db.selectFrom("users").select("hashed_password").where("id", "=", made.id).executeTakeFirst();
  expect(stored).toEqual({ hashed_password: "a hash" });
  const key = await db.selectFrom("git_ssh_keys").select("public_key").where("user_id", "=", made.id).executeTakeFirst();
  expect(key?.public_key).toMatch(/^ssh-ed25519 \S+ nina@example\.test$/);
  expect(await entries()).toEqual([]);
});

test("a name or an address that is taken in any letter case leaves nothing", async () => {
  const { core } = await openCommandWorld();
  const user = { email: "nina@example.test", username: "nina", loginType: "none", organizationIds: [] } as const;
  for (const { taken, field } of [
    { taken: { username: "Olive" }, field: "username" },
    { taken: { email: "OLIVE@example.test" }, field: "email" },
  ]) {
    const added = core.write((tx) => addUser(core, tx, { ...user, ...taken }, ""));
    await expect(added).rejects.toThrow(NameTakenError);
    await expect(added).rejects.toMatchObject({ field });
  }
  expect(await core.db.selectFrom("git_ssh_keys").select("user_id").execute()).toHaveLength(1);
});
