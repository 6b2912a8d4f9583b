import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { importedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { ForbiddenError, InvalidInputError, NameTakenError, NotFoundError } from "../errors.ts";
import { deleteTemplate } from "../templates/delete-template.ts";
import { updateTemplate } from "../templates/update-template.ts";
import { createWorkspace, parseNewWorkspace } from "./create-workspace.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  await world.entries();
  return { world, template, user, access, wanted: { ownerId: user.id, templateId: template.id, name: "ws", parameters: [] } };
}

describe("a workspace", () => {
  test("comes with its first build, a start of the active version, and both are entered", async () => {
    const { world, template, access, wanted } = await open();
    const { workspace, build } = await createWorkspace(access, { ...wanted, ttlMs: 60_000 });
    expect(workspace).toMatchObject({ name: "ws", owner_username: "milo", ttl_ms: 60_000, automatic_updates: "never", dormant_at: null });
    expect(build).toMatchObject({
      build_number: 1,
      transition: "start",
      template_version_id: template.active_version_id,
      reason: "initiator",
    });
    expect(build.job.job_status).toBe("pending");
    expect((await world.entries()).map(({ action, resource_type }) => `${action} ${resource_type}`)).toEqual([
      "create workspace",
      "start workspace_build",
    ]);
    expect(world.events().map(({ kind }) => kind)).toEqual(expect.arrayContaining(["job_posted", "workspace_changed"]));
  });

  test("has its name alone among its owner's, in any letter case", async () => {
    const { world, access, wanted } = await open();
    await createWorkspace(access, wanted);
    await expect(createWorkspace(access, { ...wanted, name: "WS" })).rejects.toThrow(NameTakenError);
    const { user, access: owner } = world.owner;
    expect((await createWorkspace(owner, { ...wanted, ownerId: user.id })).workspace.name).toBe("ws");
  });
});

describe("it is refused", () => {
  test("for another owner than oneself, and for who is no member", async () => {
    const { world, access, wanted } = await open();
    await expect(createWorkspace(access, { ...wanted, ownerId: world.owner.user.id })).rejects.toThrow(ForbiddenError);
    const stranger = await world.person("stan", { organizationIds: [] });
    await expect(createWorkspace(world.owner.access, { ...wanted, ownerId: stranger.user.id })).rejects.toThrow(NotFoundError);
  });

  test("of a template that may only be read, that is hidden, deprecated, or deleted", async () => {
    const { world, template, user, access, wanted } = await open();
    const owner = world.owner.access;
    await updateTemplate(owner, template.id, { group_acl: {}, user_acl: { [user.id]: ["read"] } });
    await expect(createWorkspace(access, wanted)).rejects.toThrow(ForbiddenError);
    await updateTemplate(owner, template.id, { user_acl: {} });
    await expect(createWorkspace(access, wanted)).rejects.toThrow(NotFoundError);
    await updateTemplate(owner, template.id, { user_acl: { [user.id]: ["use", "read"] }, deprecated: "use another" });
    await expect(createWorkspace(access, wanted)).rejects.toThrow(InvalidInputError);
    await deleteTemplate(owner, template.id);
    await expect(createWorkspace(access, wanted)).rejects.toThrow(NotFoundError);
  });

  test("of a version that is another template's, and nothing is left of it", async () => {
    const { world, access, wanted } = await open();
    const other = await storedTemplate(world, { name: "other" });
    await expect(createWorkspace(access, { ...wanted, templateVersionId: other.active_version_id })).rejects.toThrow(InvalidInputError);
    expect(await world.core.db.selectFrom("workspaces").select("id").execute()).toEqual([]);
  });
});

describe("a request", () => {
  test("names a template, or one of its versions", async () => {
    const { template, user, access } = await open();
    const byTemplate = await parseNewWorkspace(access, user.id, { name: "ws", template_id: template.id });
    expect(byTemplate).toEqual({ ownerId: user.id, templateId: template.id, name: "ws", parameters: [] });
    const request = { name: "ws", template_version_id: template.active_version_id, ttl_ms: 60_000, autostart_schedule: "30 9 * * 1-5" };
    expect(await parseNewWorkspace(access, user.id, request)).toMatchObject({
      templateId: template.id,
      templateVersionId: template.active_version_id,
      ttlMs: 60_000,
      autostartSchedule: "30 9 * * 1-5",
    });
  });

  test("must name exactly one of them, and a version that has a template", async () => {
    const { world, template, user } = await open();
    const { access } = world.owner;
    const free = await importedVersion(world);
    for (const wanted of [
      {},
      { template_id: template.id, template_version_id: template.active_version_id },
      { template_version_id: free.id },
    ])
      await expect(parseNewWorkspace(access, user.id, { name: "ws", ...wanted })).rejects.toThrow(InvalidInputError);
  });

  test("is wrong with a bad name, schedule and time to live, all told at once", async () => {
    const { template, user, access } = await open();
    for (const autostart_schedule of ["often", "0 9 1 * 1-5", "0 9 * * 1-5; rm", "CRON_TZ=Europe/Berlin"]) {
      const request = { name: "a b", template_id: template.id, autostart_schedule, ttl_ms: 59_999 };
      const wrong = ["name", "schedule", "ttl_ms"].map((field) => expect.objectContaining({ field }));
      await expect(parseNewWorkspace(access, user.id, request), autostart_schedule).rejects.toMatchObject({ fields: wrong });
    }
  });
});
