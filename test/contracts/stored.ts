/** Templates, workspaces and agents for tests that need no daemon: what Terraform would have found or made is simply there. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { AgentSchema, ResourceSchema } from "#proto/gen/provisioner_pb.js";
import type { Access } from "#server/access/access.ts";
import { createFile, TAR } from "#server/files/upload-file.ts";
import { AgentId, type JobId, type UserId } from "#server/ids.ts";
import { insertResources } from "#server/resources/insert-rows.ts";
import { insertTemplate } from "#server/templates/create-template.ts";
import { insertTemplateVersion } from "#server/templates/create-template-version.ts";
import type { Template } from "#server/templates/template-rows.ts";
import type { TemplateVersion } from "#server/templates/version-job-rows.ts";
import type { NewTemplateVersion } from "#server/templates/version-request.ts";
import { findBuild, type WorkspaceBuild } from "#server/workspaces/build-rows.ts";
import { createWorkspace } from "#server/workspaces/create-workspace.ts";
import type { Workspace } from "#server/workspaces/rows.ts";
import { type CommandWorld, openCommandWorld } from "./command-world.ts";

type Owned = Pick<CommandWorld, "core" | "owner" | "organizationId">;

/** As a daemon would end it: with success, unless there is an error. */
export async function endJob({ core }: Pick<CommandWorld, "core">, id: JobId, error: string | null = null): Promise<void> {
  const at = core.now();
  await core.db.updateTable("provisioner_jobs").set({ started_at: at, completed_at: at, error }).where("id", "=", id).execute();
}

/** The first user's, whose import is still waiting. */
export async function pushedVersion(world: Owned, more: Partial<NewTemplateVersion> = {}): Promise<TemplateVersion> {
  const { owner, organizationId } = world;
  const data = Buffer.from("a tar archive");
  const { id: fileId } = await createFile(owner.access, { createdBy: owner.user.id, mimetype: TAR, data });
  return insertTemplateVersion(owner.access, { organizationId, fileId, provisioner: "terraform", ...more });
}

/** The same with its import over. */
export async function importedVersion(world: Owned, more: Partial<NewTemplateVersion> = {}): Promise<TemplateVersion> {
  const version = await pushedVersion(world, more);
  await endJob(world, version.job.id);
  return version;
}

/** For all members of the organization, unless it is hidden from them. */
export async function storedTemplate(world: Owned, more: Partial<Parameters<typeof insertTemplate>[1]> = {}): Promise<Template> {
  const { id: versionId } = await importedVersion(world);
  return insertTemplate(world.owner.access, { organizationId: world.organizationId, versionId, name: "dev", ...more });
}

/** With its first build over. */
export async function storedWorkspace(
  world: Owned,
  {
    access,
    ownerId,
    template,
    name = "ws",
  }: { readonly access: Access; readonly ownerId: UserId; readonly template: Template; readonly name?: string },
): Promise<{ readonly workspace: Workspace; readonly build: WorkspaceBuild }> {
  const { workspace, build } = await createWorkspace(access, { ownerId, templateId: template.id, name, parameters: [] });
  await endJob(world, build.job.id);
  return { workspace, build: await findBuild(world.core.db, build.id) };
}

/** An agent on a machine of a build that was entitled to everything. Its token is the one that is given, if any. */
export async function storedAgent(
  { core }: Owned,
  {
    build,
    workspace,
    agent = {},
  }: { readonly build: WorkspaceBuild; readonly workspace: Workspace; readonly agent?: MessageInitShape<typeof AgentSchema> },
): Promise<AgentId> {
  const made = create(AgentSchema, { id: "terraform-id", name: "main", operatingSystem: "linux", architecture: "amd64", ...agent });
  const machine = create(ResourceSchema, { name: "machine", type: "null_resource", agents: [made] });
  const of = { jobId: build.job.id, transition: build.transition, build: { workspaceId: workspace.id, agentTokenSecret: undefined } };
  await core.write(async (tx) => {
    await insertResources(core, tx, of, [machine]);
    await tx.db
      .updateTable("workspace_builds")
      .set({ entitlement: { kind: "full" } })
      .where("id", "=", build.id)
      .execute();
  });
  const { id } = await core.db
    .selectFrom("workspace_agents as agent")
    .innerJoin("workspace_resources as resource", "resource.id", "agent.resource_id")
    .select("agent.id")
    .where("resource.job_id", "=", build.job.id)
    .where("agent.name", "=", made.name)
    .executeTakeFirstOrThrow();
  return AgentId.parse(id);
}

/** A member's workspace whose only agent has a script, an app, and a value that it collects. */
export async function openAgentWorld(agent: MessageInitShape<typeof AgentSchema> = {}) {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { user, access } = await world.person("milo");
  const { workspace, build } = await storedWorkspace(world, { access, ownerId: user.id, template });
  const parts = {
    scripts: [{ displayName: "Start", script: "true" }],
    apps: [{ slug: "web", healthcheck: { url: "http://localhost", interval: 5, threshold: 3 } }],
    metadata: [{ key: "load" }],
  };
  const id = await storedAgent(world, { build, workspace, agent: { ...parts, ...agent } });
  world.events();
  return { world, template, workspace, build, user, access, id };
}
