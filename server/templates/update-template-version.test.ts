import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { importedVersion, pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { ForbiddenError, NameTakenError, NotFoundError } from "../errors.ts";
import { TemplateVersionId } from "../ids.ts";
import { updateTemplateVersion } from "./update-template-version.ts";

test("a version is renamed or described, and what is left out stays", async () => {
  const world = await openCommandWorld();
  const { id } = await pushedVersion(world, { name: "v1", message: "first" });
  await world.entries();
  expect(await updateTemplateVersion(world.owner.access, id, { message: "better" })).toMatchObject({ name: "v1", message: "better" });
  expect(await updateTemplateVersion(world.owner.access, id, { name: "v2" })).toMatchObject({ name: "v2", message: "better" });
  expect((await world.entries()).map(({ diff }) => Object.keys(diff))).toEqual([["message"], ["name"]]);
});

test("a name is taken within the template", async () => {
  const world = await openCommandWorld();
  const { id: templateId } = await storedTemplate(world);
  await importedVersion(world, { templateId, name: "v1" });
  const { id } = await importedVersion(world, { templateId, name: "v2" });
  await expect(updateTemplateVersion(world.owner.access, id, { name: "V1" })).rejects.toThrow(NameTakenError);
});

test("it is refused openly to who may use its template, and a version of none is as missing as one that is not there", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { access } = await world.person("milo");
  await expect(updateTemplateVersion(access, template.active_version_id, { message: "x" })).rejects.toThrow(ForbiddenError);
  const free = await importedVersion(world);
  for (const id of [free.id, TemplateVersionId.parse("5ca1ab1e-0000-4000-8000-000000000000")])
    await expect(updateTemplateVersion(access, id, { message: "x" })).rejects.toThrow(NotFoundError);
});
