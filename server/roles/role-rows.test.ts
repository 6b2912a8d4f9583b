import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { heldOrganization, insertMembership, isOrganization, membershipsOf } from "./role-rows.ts";

test("a second membership of the same user in the same organization is a violation of its uniqueness", async () => {
  const { core, owner, organizationId } = await openCommandWorld();
  const again = { organization_id: organizationId, user_id: owner.user.id, roles: [], created_at: core.now(), updated_at: core.now() };
  await expect(insertMembership(core.db, again)).rejects.toThrow(UniqueViolationError);
  expect(await membershipsOf(core.db, owner.user.id)).toEqual([{ organization_id: organizationId, roles: [] }]);
});

test("a deleted organization is none", async () => {
  const { core, organizationId } = await openCommandWorld();
  expect([
    await isOrganization(core.db, organizationId),
    await core.write((tx) => heldOrganization(core, tx, organizationId)),
  ]).toMatchObject([true, { id: organizationId }]);
  await core.db.updateTable("organizations").set({ deleted: true }).execute();
  expect([await isOrganization(core.db, organizationId), await core.write((tx) => heldOrganization(core, tx, organizationId))]).toEqual([
    false,
    undefined,
  ]);
});
