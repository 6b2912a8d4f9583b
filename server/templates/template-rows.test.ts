import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate } from "#test/contracts/stored.ts";
import { OrganizationId } from "../ids.ts";
import { deleteTemplate } from "./delete-template.ts";
import { findTemplate, findTemplateByName, holdTemplate } from "./template-rows.ts";

test("a template can be held in its organization while it is not deleted, and is still found by its id afterward", async () => {
  const world = await openCommandWorld();
  const { core, organizationId } = world;
  const { id } = await storedTemplate(world);
  const held = (organization = organizationId) => core.write((tx) => holdTemplate(tx.db, core.dialect, id, organization));
  expect([(await held())?.id, await held(OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000"))]).toEqual([id, undefined]);
  await deleteTemplate(world.owner.access, id);
  expect([await held(), await findTemplateByName(core.db, organizationId, "dev")]).toEqual([undefined, undefined]);
  expect(await findTemplate(core.db, id)).toMatchObject({ deleted: true, organization_name: "default", created_by_username: "olive" });
});
