import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { endSession } from "./end-session.ts";

test("the key that was shown ends, even one too narrow to delete keys, and what it minted stays", async () => {
  const { core, owner, keyHolder, entries } = await openCommandWorld();
  const parent = await keyHolder(owner.user.id, { loginType: "token", scopes: ["workspace:read"], tokenName: "narrow" });
  const child = await keyHolder(owner.user.id, { mintedBy: parent.key.id });
  await endSession(core, parent.access.subject);
  expect(await core.db.selectFrom("api_keys").select("id").execute()).toEqual([{ id: child.key.id }]);
  expect(await entries()).toMatchObject([
    { action: "logout", resource_target: "olive", api_key_id: parent.key.id, additional_fields: { key_id: parent.key.id } },
  ]);
});

test("to end it twice, or without a key, changes nothing and is not entered", async () => {
  const { core, owner, keyHolder, entries, system } = await openCommandWorld();
  const { access } = await keyHolder(owner.user.id);
  await endSession(core, access.subject);
  await entries();
  await endSession(core, access.subject);
  await endSession(core, system.subject);
  expect(await entries()).toEqual([]);
});
