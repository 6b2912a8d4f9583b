import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { endJob, importedVersion, pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { ForbiddenError, InvalidInputError, JobNotCompletedError, NameTakenError, NotFoundError } from "../errors.ts";
import { TemplateVersionId } from "../ids.ts";
import { createTemplate, insertTemplate } from "./create-template.ts";
import { getTemplateVersion } from "./read-template-versions.ts";

test("a template takes its version along, is for all members of its organization, and is entered", async () => {
  const world = await openCommandWorld();
  const { owner, organizationId, entries } = world;
  const version = await importedVersion(world);
  await entries();
  const made = await createTemplate(owner.access, organizationId, { name: "dev", template_version_id: version.id, icon: "/a.png" });
  expect(made).toMatchObject({
    name: "dev",
    icon: "/a.png",
    active_version_id: version.id,
    provisioner: "terraform",
    created_by: owner.user.id,
  });
  expect([made.user_acl, made.group_acl]).toEqual([{}, { [organizationId]: ["read", "use"] }]);
  expect((await getTemplateVersion(owner.access, version.id)).template_id).toBe(made.id);
  expect(await entries()).toMatchObject([
    { action: "create", resource_type: "template", resource_target: "dev", organization_id: organizationId },
  ]);
});

test("it may be hidden from everybody", async () => {
  const world = await openCommandWorld();
  const { id } = await importedVersion(world);
  const request = { name: "dev", template_version_id: id, disable_everyone_group_access: true };
  expect((await createTemplate(world.owner.access, world.organizationId, request)).group_acl).toEqual({});
});

describe("it is refused", () => {
  test("for a name that is taken in any letter case, of which nothing is left", async () => {
    const world = await openCommandWorld();
    await storedTemplate(world);
    const { id } = await importedVersion(world);
    const request = { name: "DEV", template_version_id: id };
    await expect(createTemplate(world.owner.access, world.organizationId, request)).rejects.toThrow(NameTakenError);
    expect((await getTemplateVersion(world.owner.access, id)).template_id).toBeNull();
  });

  test("while the import of its version is not over, or when it failed", async () => {
    const world = await openCommandWorld();
    const { id, job } = await pushedVersion(world);
    const request = { name: "dev", template_version_id: id };
    await expect(createTemplate(world.owner.access, world.organizationId, request)).rejects.toThrow(JobNotCompletedError);
    await endJob(world, job.id, "no such module");
    await expect(createTemplate(world.owner.access, world.organizationId, request)).rejects.toThrow(JobNotCompletedError);
  });

  test("for a version that another template has", async () => {
    const world = await openCommandWorld();
    const template = await storedTemplate(world);
    const request = { name: "other", template_version_id: template.active_version_id };
    await expect(createTemplate(world.owner.access, world.organizationId, request)).rejects.toThrow(InvalidInputError);
    const again = { organizationId: world.organizationId, versionId: template.active_version_id, name: "other" };
    await expect(insertTemplate(world.owner.access, again)).rejects.toThrow(InvalidInputError);
  });

  test("openly to who may make none, and for a version that is not there", async () => {
    const world = await openCommandWorld();
    const { id: versionId } = await importedVersion(world);
    const { access } = await world.person("milo");
    const template = { organizationId: world.organizationId, versionId, name: "dev" };
    await expect(insertTemplate(access, template)).rejects.toThrow(ForbiddenError);
    await expect(createTemplate(access, world.organizationId, { name: "dev", template_version_id: versionId })).rejects.toThrow(
      NotFoundError,
    );
    const missing = TemplateVersionId.parse("5ca1ab1e-0000-4000-8000-000000000000");
    await expect(insertTemplate(world.owner.access, { ...template, versionId: missing })).rejects.toThrow(NotFoundError);
  });
});
