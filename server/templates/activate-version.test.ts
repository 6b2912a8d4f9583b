import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { importedVersion, pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { ForbiddenError, InvalidInputError, JobNotCompletedError, NotFoundError } from "../errors.ts";
import { activateVersion, setActiveVersion } from "./activate-version.ts";
import { getTemplate } from "./read-templates.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const active = async () => (await getTemplate(world.owner.access, template.id)).active_version_id;
  return { world, access: world.owner.access, template, active };
}

test("a version that was imported becomes the active one, and it is entered", async () => {
  const { world, access, template, active } = await open();
  const { id } = await importedVersion(world, { templateId: template.id });
  await world.entries();
  expect(await activateVersion(access, template.id, id)).toBe("activated");
  expect(await active()).toBe(id);
  expect((await world.entries()).map(({ diff }) => diff.active_version_id)).toMatchObject([{ old: template.active_version_id, new: id }]);
});

test("one whose import is not over changes nothing, and says so", async () => {
  const { world, access, template, active } = await open();
  const { id } = await pushedVersion(world, { templateId: template.id });
  expect(await activateVersion(access, template.id, id)).toBe("import_unfinished");
  await expect(setActiveVersion(access, template.id, id)).rejects.toThrow(JobNotCompletedError);
  expect(await active()).toBe(template.active_version_id);
});

describe("it is refused", () => {
  test("for an archived version, and for one of another template or of none", async () => {
    const { world, access, template } = await open();
    const { id } = await importedVersion(world, { templateId: template.id });
    await world.core.db.updateTable("template_versions").set({ archived: true }).where("id", "=", id).execute();
    const other = await storedTemplate(world, { name: "other" });
    const free = await importedVersion(world);
    for (const version of [id, other.active_version_id, free.id]) {
      await expect(activateVersion(access, template.id, version)).rejects.toThrow(InvalidInputError);
      await expect(setActiveVersion(access, template.id, version)).rejects.toThrow(InvalidInputError);
    }
  });

  test("openly to who may use the template, and a hidden template's version is missing", async () => {
    const { world, template } = await open();
    const { access } = await world.person("milo");
    await expect(activateVersion(access, template.id, template.active_version_id)).rejects.toThrow(ForbiddenError);
    const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
    await expect(activateVersion(access, template.id, hidden.active_version_id)).rejects.toThrow(NotFoundError);
    await expect(activateVersion(access, hidden.id, hidden.active_version_id)).rejects.toThrow(NotFoundError);
  });
});
