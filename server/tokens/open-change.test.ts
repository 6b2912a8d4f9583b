import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import type { Access } from "../access/access.ts";
import { createGuard } from "../access/guard.ts";
import { CredentialEndedError } from "../errors.ts";
import { openChange } from "./open-change.ts";

async function open() {
  const world = await openCommandWorld();
  const milo = await world.person("milo", { roles: ["auditor"] });
  const holder = await world.keyHolder(world.owner.user.id);
  const change = ({ subject, database }: Access = holder.access) => {
    const context = { ...database, guard: createGuard(subject) };
    return context.write((tx) => openChange(context, tx, milo.user.id));
  };
  return { ...world, milo: milo.user, holder, change };
}

test("whoever mints is told as it is now, and so is the user of the key", async () => {
  const { holder, milo, change } = await open();
  expect(await change()).toMatchObject({
    caller: { id: holder.key.id },
    callerRoles: ["owner"],
    user: { id: milo.id, siteRoles: ["auditor"], loginType: "none" },
  });
});

test("a key that has expired, whose ceiling has, or whose user is suspended, is none any more", async () => {
  const { holder, change, core, owner, clock } = await open();
  const keys = core.db.updateTable("api_keys").where("id", "=", holder.key.id);
  const ceiling = { key_id: "parent0001", scopes: ["coder:all"], allow_list: ["*:*"], expires_at: clock.now().toISOString() };
  await keys.set({ ceilings: [ceiling] }).execute();
  await expect(change()).rejects.toThrow(CredentialEndedError);
  await keys.set({ ceilings: [], expires_at: clock.now() }).execute();
  await expect(change()).rejects.toThrow(CredentialEndedError);
  await keys.set({ expires_at: new Date(clock.now().getTime() + 1) }).execute();
  await expect(change()).resolves.toBeDefined();
  await core.db.updateTable("users").set({ status: "suspended" }).where("id", "=", owner.user.id).execute();
  await expect(change()).rejects.toThrow(CredentialEndedError);
});

test("a key is its user's: shown as another's it is none, and the server itself has none", async () => {
  const { holder, change, milo, accessOf, system } = await open();
  const stolen = await accessOf(milo.id, { credential: { kind: "session", id: holder.key.id } });
  await expect(change(stolen)).rejects.toThrow(CredentialEndedError);
  await expect(change(system)).rejects.toThrow(TypeError);
});
