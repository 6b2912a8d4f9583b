import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import type { Access } from "../access/access.ts";
import { ForbiddenError, NameTakenError, NotFoundError } from "../errors.ts";
import { FileId, OrganizationId } from "../ids.ts";
import { createTemplateVersion, insertTemplateVersion } from "./create-template-version.ts";
import { deleteTemplate } from "./delete-template.ts";

test("a version waits for its import, gets a name if it has none, and daemons hear of it", async () => {
  const world = await openCommandWorld();
  const version = await pushedVersion(world, { message: "first", tags: { zone: "a" } });
  expect(version.name).toMatch(/^[a-z]+_[a-z]+\d{4}$/);
  expect(version).toMatchObject({ template_id: null, message: "first", job: { job_status: "pending", type: "template_version_import" } });
  expect(version.job.tags).toMatchObject({ zone: "a", scope: "organization" });
  expect(world.events().map(({ kind }) => kind)).toContain("job_posted");
  expect((await world.entries()).map(({ resource_type }) => resource_type)).toEqual(["file", "template_version"]);
});

test("values of variables are kept where nobody reads them", async () => {
  const world = await openCommandWorld();
  const version = await pushedVersion(world, { userVariableValues: [{ name: "token", value: "hunter2" }] });
  const row = await world.core.db.selectFrom("provisioner_jobs").selectAll().where("id", "=", version.job.id).executeTakeFirstOrThrow();
  expect(row.secret_input).not.toBeNull();
  expect(Buffer.from(row.secret_input ?? "").includes("hunter2")).toBe(false);
  expect(JSON.stringify([row.input, version, await world.entries()])).not.toContain("hunter2");
});

describe("a version of a template", () => {
  test("has a name of its own there, and any name elsewhere", async () => {
    const world = await openCommandWorld();
    const { id: templateId } = await storedTemplate(world);
    await pushedVersion(world, { templateId, name: "v1" });
    await expect(pushedVersion(world, { templateId, name: "V1" })).rejects.toThrow(NameTakenError);
    const other = await storedTemplate(world, { name: "other" });
    expect((await pushedVersion(world, { templateId: other.id, name: "v1" })).name).toBe("v1");
  });

  test("is refused openly to who may use it, and a template that is hidden, deleted or elsewhere is missing", async () => {
    const world = await openCommandWorld();
    const { person, organizationId, owner } = world;
    const milo = await person("milo");
    const template = await storedTemplate(world);
    const hidden = await storedTemplate(world, { name: "hidden", hiddenFromEveryone: true });
    const { file_id: fileId } = (await pushedVersion(world)).job;
    const version = { organizationId, fileId, provisioner: "terraform" } as const;
    await expect(insertTemplateVersion(milo.access, { ...version, templateId: template.id })).rejects.toThrow(ForbiddenError);
    await expect(insertTemplateVersion(milo.access, { ...version, templateId: hidden.id })).rejects.toThrow(NotFoundError);
    const elsewhere = OrganizationId.parse("5ca1ab1e-0000-4000-8000-000000000000");
    await expect(insertTemplateVersion(owner.access, { ...version, organizationId: elsewhere, templateId: template.id })).rejects.toThrow(
      NotFoundError,
    );
    await deleteTemplate(owner.access, template.id);
    await expect(insertTemplateVersion(owner.access, { ...version, templateId: template.id })).rejects.toThrow(NotFoundError);
  });
});

test("it is made of a file that its maker may read: an own one, or one of a template", async () => {
  const world = await openCommandWorld();
  const tara = await world.person("tara", { memberRoles: ["organization-template-admin"] });
  const { file_id } = (await pushedVersion(world)).job;
  const request = { storage_method: "file", provisioner: "terraform", file_id } as const;
  const make = (access: Access, more = {}) => createTemplateVersion(access, world.organizationId, { ...request, ...more });
  await expect(make(world.owner.access, { file_id: FileId.parse("5ca1ab1e-0000-4000-8000-000000000000") })).rejects.toThrow(NotFoundError);
  await expect(make(tara.access)).rejects.toThrow(NotFoundError);
  // The same bytes are the same file.
  await storedTemplate(world);
  await expect(make(tara.access)).resolves.toMatchObject({ created_by: tara.user.id });
  await expect(make((await world.person("milo")).access)).rejects.toThrow(ForbiddenError);
});
