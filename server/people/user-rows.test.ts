import { sql } from "kysely";
import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { findSiteRoles, findUserAmong, lockedUser, updateUserRow, withOrganizations } from "./user-rows.ts";

test("a deleted user is found in no way", async () => {
  const { core, person } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const always = sql<boolean>`true`;
  expect((await findUserAmong(core.db, { username: "MILO" }, always))?.id).toBe(id);
  await updateUserRow(core.db, id, { deleted: true });
  expect(await findUserAmong(core.db, { id }, always)).toBeUndefined();
  expect(await findSiteRoles(core.db, id, always)).toBeUndefined();
  await expect(core.write((tx) => lockedUser(core, tx, id))).rejects.toThrow(NotFoundError);
});

test("a condition hides a user whatever it is found by", async () => {
  const { core, owner } = await openCommandWorld();
  const never = sql<boolean>`users.id is null`;
  expect(await findUserAmong(core.db, { id: owner.user.id }, never)).toBeUndefined();
  expect(await findSiteRoles(core.db, owner.user.id, never)).toBeUndefined();
});

test("a new name that is taken is told with its field, and one of a user who is gone is free", async () => {
  const { core, owner, person } = await openCommandWorld();
  const { id } = (await person("milo")).user;
  const rename = () => updateUserRow(core.db, owner.user.id, { username: "MILO" });
  await expect(rename()).rejects.toThrow(NameTakenError);
  await expect(rename()).rejects.toMatchObject({ field: "username" });
  await updateUserRow(core.db, id, { deleted: true });
  await rename();
});

test("many users get their organizations as few do", async () => {
  const { core, owner, organizationId } = await openCommandWorld();
  const { organization_ids: _, ...row } = owner.user;
  const strangers = Array.from({ length: 120 }, (_none, at) => ({
    ...row,
    id: UserId.parse(`5ca1ab1e-0000-4000-8000-${String(at).padStart(12, "0")}`),
  }));
  const found = await withOrganizations(core.db, [...strangers, row]);
  expect(found.at(-1)?.organization_ids).toEqual([organizationId]);
  expect(found.filter(({ organization_ids }) => organization_ids.length > 0)).toHaveLength(1);
  expect(await withOrganizations(core.db, [])).toEqual([]);
});
