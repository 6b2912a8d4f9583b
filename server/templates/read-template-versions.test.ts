import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { importedVersion, pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { getTemplateVersion, getTemplateVersionByName, listTemplateVersions } from "./read-template-versions.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const add = async (name: string) => {
    world.clock.advance(1_000);
    return importedVersion(world, { templateId: template.id, name });
  };
  const [second, third] = [await add("second"), await add("third")];
  const { access } = await world.person("milo");
  return { world, template, second, third, access };
}

test("a version is seen by who sees its template, by id and by name in any letter case, with its job", async () => {
  const { template, second, access } = await open();
  expect(await getTemplateVersion(access, second.id)).toMatchObject({ name: "second", job: { job_status: "succeeded" } });
  expect((await getTemplateVersionByName(access, template.id, "SECOND")).id).toBe(second.id);
  await expect(getTemplateVersionByName(access, template.id, "none")).rejects.toThrow(NotFoundError);
});

test("a version without a template is for who may make templates there", async () => {
  const { world, access } = await open();
  const { id } = await pushedVersion(world);
  await expect(getTemplateVersion(access, id)).rejects.toThrow(NotFoundError);
  const tara = await world.person("tara", { memberRoles: ["organization-template-admin"] });
  expect((await getTemplateVersion(tara.access, id)).id).toBe(id);
});

test("a list begins with the oldest, in pages, and leaves out archived ones unless they are asked for", async () => {
  const { world, template, second, third, access } = await open();
  const names = async (page: Parameters<typeof listTemplateVersions>[2] = {}) =>
    (await listTemplateVersions(access, template.id, page)).map(({ name }) => name).slice(-2);
  expect(await names()).toEqual(["second", "third"]);
  expect(await names({ afterId: second.id })).toEqual(["third"]);
  expect(await names({ limit: 1, offset: 1 })).toEqual(["second"]);
  await world.core.db.updateTable("template_versions").set({ archived: true }).where("id", "=", third.id).execute();
  expect(await names({ afterId: second.id })).toEqual([]);
  expect(await names({ afterId: second.id, includeArchived: true })).toEqual(["third"]);
  await expect(names({ afterId: third.id })).rejects.toThrow(InvalidInputError);
});

test("of a hidden template there are no versions", async () => {
  const { world, access } = await open();
  const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
  expect(await listTemplateVersions(access, hidden.id)).toEqual([]);
  await expect(getTemplateVersion(access, hidden.active_version_id)).rejects.toThrow(NotFoundError);
});
