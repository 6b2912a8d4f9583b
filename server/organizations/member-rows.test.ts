import { sql } from "kysely";
import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { countMembers, deleteMemberRow, findMember, lockedMember, selectMemberList } from "./member-rows.ts";

test("a deleted user is no member, though the row may still be there", async () => {
  const { core, organizationId, person } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  await core.db.updateTable("users").set({ deleted: true }).where("id", "=", id).execute();
  const always = [sql<boolean>`true`] as const;
  expect(await findMember(core.db, organizationId, id)).toBeUndefined();
  expect((await selectMemberList(core, organizationId, always, {})).map(({ username }) => username)).toEqual(["olive"]);
  expect(await countMembers(core, organizationId, always, {})).toBe(1);
  await expect(core.write((tx) => lockedMember(core, tx, organizationId, id))).rejects.toThrow(NotFoundError);
});

test("a membership that ends is that of one user in one organization", async () => {
  const { core, organizationId, person, owner } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  await deleteMemberRow(core.db, organizationId, id);
  expect(await findMember(core.db, organizationId, id)).toBeUndefined();
  expect((await findMember(core.db, organizationId, owner.user.id))?.username).toBe("olive");
});
