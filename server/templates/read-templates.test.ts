import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import { deleteTemplate } from "./delete-template.ts";
import { getTemplate, getTemplateByName, listTemplates } from "./read-templates.ts";

test("members see what everybody may use and what is shared with them, and the rest is missing", async () => {
  const world = await openCommandWorld();
  const { organizationId } = world;
  const { user, access } = await world.person("milo");
  const open = await storedTemplate(world, { name: "open" });
  const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
  const settings = { group_acl: {}, user_acl: { [user.id]: ["read"] } };
  await storedTemplate(world, { name: "shared", settings });
  expect((await listTemplates(access)).map(({ name }) => name)).toEqual(["open", "shared"]);
  expect((await getTemplate(access, open.id)).name).toBe("open");
  await expect(getTemplate(access, hidden.id)).rejects.toThrow(NotFoundError);
  await expect(getTemplateByName(access, organizationId, "hidden")).rejects.toThrow(NotFoundError);
});

test("a template is found by its name in any letter case, in its organization, until it is deleted", async () => {
  const world = await openCommandWorld();
  const { access } = world.owner;
  const { id } = await storedTemplate(world);
  expect((await getTemplateByName(access, world.organizationId, "DEV")).id).toBe(id);
  expect((await listTemplates(access, { exactName: "DEV", organizationId: world.organizationId })).length).toBe(1);
  expect(await listTemplates(access, { exactName: "de" })).toEqual([]);
  await deleteTemplate(access, id);
  await expect(getTemplateByName(access, world.organizationId, "dev")).rejects.toThrow(NotFoundError);
  expect(await listTemplates(access)).toEqual([]);
});
