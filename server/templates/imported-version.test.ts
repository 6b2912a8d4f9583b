import { expect, test } from "vitest";
import { type CommandWorld, openCommandWorld } from "#test/contracts/command-world.ts";
import { importedVersion, pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import type { Access } from "../access/access.ts";
import { createGuard } from "../access/guard.ts";
import { InvalidInputError, JobNotCompletedError, NotFoundError } from "../errors.ts";
import { OrganizationId, TemplateVersionId } from "../ids.ts";
import { importedVersionOf, requireFreeVersion } from "./imported-version.ts";

const guardOf = ({ subject }: Access) => ({ guard: createGuard(subject) });
const free = (
  { core, organizationId, owner }: CommandWorld,
  versionId: TemplateVersionId,
  more: { access?: Access; in?: OrganizationId } = {},
) => requireFreeVersion(guardOf(more.access ?? owner.access), core.db, { organizationId: more.in ?? organizationId, versionId });

test("a version that was imported and has no template is free, in its organization", async () => {
  const world = await openCommandWorld();
  const { id } = await importedVersion(world);
  await expect(free(world, id)).resolves.toBeUndefined();
  const elsewhere = OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000");
  await expect(free(world, id, { in: elsewhere })).rejects.toThrow(NotFoundError);
  await expect(free(world, (await pushedVersion(world)).id)).rejects.toThrow(JobNotCompletedError);
});

test("that a version has a template is told only to who may see that", async () => {
  const world = await openCommandWorld();
  const hidden = await storedTemplate(world, { hiddenFromEveryone: true });
  await expect(free(world, hidden.active_version_id)).rejects.toThrow(InvalidInputError);
  const { access } = await world.person("milo");
  await expect(free(world, hidden.active_version_id, { access })).rejects.toThrow(NotFoundError);
});

test("a template's version is its own: another's is wrong, and one that is hidden is missing", async () => {
  const world = await openCommandWorld();
  const { core, owner } = world;
  const template = await storedTemplate(world);
  const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
  const of = (id: TemplateVersionId, access = owner.access) => importedVersionOf(guardOf(access), core.db, template.id, id);
  expect((await of(template.active_version_id)).id).toBe(template.active_version_id);
  await expect(of(hidden.active_version_id)).rejects.toThrow(InvalidInputError);
  await expect(of(TemplateVersionId.parse("5ca1ab1e-0000-4000-8000-000000000000"))).rejects.toThrow(NotFoundError);
  const { access } = await world.person("milo");
  await expect(of(hidden.active_version_id, access)).rejects.toThrow(NotFoundError);
  await expect(of((await importedVersion(world)).id, access)).rejects.toThrow(NotFoundError);
  await expect(of((await pushedVersion(world, { templateId: template.id })).id)).rejects.toThrow(JobNotCompletedError);
});
