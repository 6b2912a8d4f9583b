import { sql } from "kysely";
import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";
import {
  deleteOrganizationRows,
  findOrganization,
  findOrganizationByName,
  insertOrganizationRow,
  lockedOrganization,
  selectOrganizationList,
  updateOrganizationRow,
} from "./organization-rows.ts";

async function open() {
  const { core } = await openCommandWorld();
  const at = core.now();
  const insert = (name: string) =>
    insertOrganizationRow(core.db, {
      id: core.newId<OrganizationId>(),
      name,
      display_name: "",
      is_default: false,
      created_at: at,
      updated_at: at,
    });
  return { core, at, insert };
}

test("a name is taken in any letter case, when it is given and when it is changed", async () => {
  const { core, insert } = await open();
  const lab = await insert("lab");
  await expect(insert("LAB")).rejects.toThrow(NameTakenError);
  await expect(updateOrganizationRow(core.db, lab, { name: "Default" })).rejects.toThrow(NameTakenError);
  expect((await updateOrganizationRow(core.db, lab, { name: "Lab" })).name).toBe("Lab");
});

test("a deleted organization is found in no way, and its name is free", async () => {
  const { core, at, insert } = await open();
  const { id } = await insert("lab");
  await deleteOrganizationRows(core.db, id, at);
  expect([await findOrganization(core.db, id), await findOrganizationByName(core.db, "lab")]).toEqual([undefined, undefined]);
  await expect(core.write((tx) => lockedOrganization(core, tx, id))).rejects.toThrow(NotFoundError);
  expect((await selectOrganizationList(core.db, sql<boolean>`true`)).map(({ name }) => name)).toEqual(["default"]);
  await insert("lab");
});
