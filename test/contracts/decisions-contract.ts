import { expect, test } from "vitest";
import type { Acl } from "#authz/object.ts";
import { rolesOf } from "#authz/roles.ts";
import { FULL_SCOPE } from "#authz/scope.ts";
import { effectiveScope } from "#authz/scope-catalog.ts";
import { type Subject, userSubject } from "#authz/subject.ts";
import { accessTo } from "#server/access/access.ts";
import { NotFoundError } from "#server/errors.ts";
import { ProvisionerKeyId } from "#server/ids.ts";
import type { NewDatabase } from "./databases.ts";
import { type Population, populate } from "./population.ts";
import type { StoreView } from "./store-view.ts";
import { viewOf } from "./store-view.ts";
import { openWorld } from "./world.ts";

interface Scene {
  readonly rows: Population;
  /** Of the default organization, shared with the member and nobody else. */
  readonly workspace: Population["workspaces"][number];
  readonly template: Population["templates"][number];
  readonly version: Population["versions"][number];
  readonly job: Population["jobs"][number];
  readonly fileId: Population["jobs"][number]["file_id"];
  readonly member: Population["users"][number];
}

/** When a change is decided: with the change, about what is there at that moment, and telling nothing of what is hidden. */
export function decisionsContract(newDatabase: NewDatabase): void {
  const open = async () => {
    const world = await openWorld(newDatabase);
    const { organizationId, store } = world;
    const rows = await populate(world);
    const { core } = store.system;
    const [, member, bob] = rows.users;
    const workspace = rows.workspaces.find(
      (row) => row.organization_id === organizationId && row.owner_id === bob && row.dormant_at === null,
    );
    const template = rows.templates.find((row) => row.id === workspace?.template_id);
    const version = rows.versions.find((row) => row.template_id === template?.id);
    if (member === undefined || workspace === undefined || template === undefined || version === undefined) throw new Error("too few rows");
    const share = async (acl: Acl): Promise<void> => {
      const set = { user_acl: acl, group_acl: {} };
      await core.db.updateTable("workspaces").set(set).where("id", "=", workspace.id).execute();
      await core.db.updateTable("templates").set(set).where("id", "=", template.id).execute();
    };
    const { job_id } = await core.db
      .selectFrom("workspace_builds")
      .select("job_id")
      .where("workspace_id", "=", workspace.id)
      .executeTakeFirstOrThrow();
    const job = rows.jobs.find(({ id }) => id === job_id);
    if (job === undefined) throw new Error("too few rows");
    // The member may upload files, and nothing else but by shares.
    const subject: Subject = userSubject({
      id: member,
      roles: rolesOf({ site: [], organizations: [{ organizationId, roles: [] }] }, () => {}),
      groups: [],
      scope: FULL_SCOPE,
    });
    const { id: fileId } = await store.as(subject).files.create({ createdBy: member, mimetype: "x", data: Buffer.from("mine") });
    const scene: Scene = { rows, workspace, template, version, job, fileId, member };
    return { ...world, core, subject, share, scene };
  };

  const changes: Readonly<Record<string, (view: StoreView, scene: Scene) => Promise<unknown>>> = {
    "a workspace's name": (view, { workspace }) => view.workspaces.update(workspace.id, { name: "renamed" }),
    "a new build": (view, { workspace }) => view.builds.create({ workspaceId: workspace.id, transition: "stop" }),
    "a canceled job": (view, { job }) => view.jobs.cancel(job.id),
    "a new workspace": (view, { template, version, member }) =>
      view.workspaces.create({ ownerId: member, templateId: template.id, templateVersionId: version.id, name: "new", parameters: [] }),
    "a template's description": (view, { template }) => view.templates.update(template.id, { description: "described" }),
    "a version's message": (view, { version }) => view.templateVersions.update(version.id, { message: "new" }),
    "a new version": (view, { template, fileId }) =>
      view.templateVersions.create({ organizationId: template.organization_id, templateId: template.id, fileId, provisioner: "terraform" }),
  };
  for (const [what, change] of Object.entries(changes)) {
    test(`${what}: a share that ends while it is being made no longer allows it`, async () => {
      const { core, subject, share, scene } = await open();
      await share({ [scene.member]: ["*"] });
      // Everything that is decided before the transaction is decided by now.
      const late: typeof core = {
        ...core,
        write: async (work) => {
          await share({});
          return core.write(work);
        },
      };
      await expect(change(viewOf(accessTo(late)(subject)), scene)).rejects.toThrow(NotFoundError);
      await share({ [scene.member]: ["*"] });
      await (what === "a canceled job"
        ? expect(change(viewOf(accessTo(core)(subject)), scene)).rejects.toMatchObject({ code: "job_not_cancellable" })
        : change(viewOf(accessTo(core)(subject)), scene));
    });
  }

  test("a provisioner key that is gone by then is missing", async () => {
    const { asOwner, organizationId, core, store } = await open();
    const { key } = await asOwner.provisionerKeys.create({ organizationId, name: "short-lived", tags: {} });
    await asOwner.provisionerKeys.delete(ProvisionerKeyId.parse(key.id));
    await expect(store.system.provisionerKeys.delete(ProvisionerKeyId.parse(key.id))).rejects.toThrow(NotFoundError);
    expect(await core.db.selectFrom("provisioner_keys").select("id").where("id", "=", key.id).execute()).toEqual([]);
  });

  test("who may make templates learns nothing of versions of other organizations and of hidden templates", async () => {
    const { core, scene, organizationId, share, store } = await open();
    await share({});
    const { rows, template, version } = scene;
    const makers = rolesOf({ site: [], organizations: [{ organizationId, roles: ["organization-template-admin"] }] }, () => {});
    const maker = { id: crypto.randomUUID(), roles: makers, groups: [] };
    const creates = (subject: Subject, versionId: typeof version.id) =>
      store.as(subject).templates.create({ organizationId, versionId, name: "mine" });
    const admin = userSubject({ ...maker, scope: FULL_SCOPE });
    await core.db.updateTable("provisioner_jobs").set({ error: "a secret of theirs" }).execute();
    const foreign = rows.versions.find((row) => row.organization_id !== organizationId && row.template_id === null);
    if (foreign === undefined) throw new Error("too few rows");
    await expect(creates(admin, foreign.id)).rejects.toThrow("template version not found");
    await expect(creates(admin, version.id)).rejects.toMatchObject({ code: "invalid_input" });
    const effective = effectiveScope(["template:create"], [{ type: "*", id: "*" }]);
    if (effective.kind === "unknown") throw new Error("no such scope");
    await expect(creates(userSubject({ ...maker, scope: effective.scope }), version.id)).rejects.toThrow("template version not found");
    expect(template.organization_id).toBe(organizationId);
  });

  test("what a token may change and not read is changed once, and shown as it became", async () => {
    const { scene, store, subject, share } = await open();
    await share({ [scene.member]: ["*"] });
    const scoped = (...names: string[]): StoreView => {
      const effective = effectiveScope(names, [{ type: "*", id: "*" }]);
      if (effective.kind === "unknown") throw new Error(`unknown ${effective.names.join()}`);
      const { id, roles, groups } = subject;
      return store.as(userSubject({ id, roles, groups, scope: effective.scope }));
    };
    const { workspace } = scene;
    expect(await scoped("workspace:update").workspaces.update(workspace.id, { name: "renamed" })).toMatchObject({ name: "renamed" });
    const build = await scoped("workspace:stop").builds.create({ workspaceId: workspace.id, transition: "stop" });
    expect(build).toMatchObject({ build_number: 2, transition: "stop", workspace_name: "renamed" });
    await expect(scoped("workspace:update").workspaces.get(workspace.id)).rejects.toThrow(NotFoundError);
  });
}
