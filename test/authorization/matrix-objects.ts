/** How the scene's templates, workspaces and builds come into a database: a daemon does what it is given, until the scene is complete. */
import { deriveAgentToken } from "#credentials/agent-token.ts";
import { type OrganizationId, type TemplateId, TemplateVersionId, type UserId } from "#server/ids.ts";
import type { TestDaemon } from "../contracts/daemon.ts";
import { complete, machine, pushVersion, tokenAgent } from "../contracts/template.ts";
import type { World } from "../contracts/world.ts";
import type { SceneBuild, SceneTemplate } from "./scene.ts";

type NewVersion = Parameters<typeof pushVersion>[1];

export async function importVersion(world: World, daemon: TestDaemon, extra: NewVersion, services: readonly string[] = []) {
  const version = await pushVersion(world, extra);
  const job = await daemon.acquire();
  if (job === undefined) throw new Error("no import to do");
  const value = { externalAuthProviders: services.map((id) => ({ id })) };
  await daemon.client.completeJob({ jobId: job.jobId, type: { case: "templateImport", value } }, daemon.options);
  return { id: TemplateVersionId.parse(version.id), job: job.jobId };
}

export async function importTemplate(
  world: World,
  daemon: TestDaemon,
  name: "shared" | "hidden",
): Promise<Omit<SceneTemplate, "pendingVersion"> & { readonly id: TemplateId }> {
  const version = await importVersion(world, daemon, { name: "one" });
  const { id } = await world.asOwner.templates.create({
    organizationId: world.organizationId,
    versionId: version.id,
    name,
    hiddenFromEveryone: name === "hidden",
    settings: { allow_user_cancel_workspace_jobs: false },
  });
  const other = await importVersion(world, daemon, { name: "two", templateId: id }, ["git"]);
  return { id, name, isShared: name === "shared", version: { ...version, name: "one" }, otherVersion: other.id };
}

/** A version in another organization, imported by a daemon of that one. */
export async function importVersionIn(
  world: World,
  organizationId: OrganizationId,
  daemonWith: (key: string) => TestDaemon,
): Promise<TemplateVersionId> {
  const { key, secret } = await world.asOwner.provisionerKeys.create({ organizationId, name: "importer", tags: {} });
  const { id } = await importVersion(world, daemonWith(secret), { organizationId });
  await world.asOwner.provisionerKeys.delete(key.id);
  return id;
}

export interface NewWorkspace {
  readonly ownerId: UserId;
  readonly templateId: TemplateId;
  readonly name: string;
  /** Default: `all`. */
  readonly apiKeyScope?: string;
}

/** A workspace whose start no daemon has taken yet. */
export async function waitingWorkspace({ asOwner }: World, { ownerId, templateId, name }: NewWorkspace) {
  const { workspace, build } = await asOwner.workspaces.create({ ownerId, templateId, name, parameters: [] });
  return { name, workspace: workspace.id, build: build.id, job: build.job.id };
}

/** One whose start a daemon has taken, and does not end. */
export async function busyWorkspace(world: World, daemon: TestDaemon, wanted: NewWorkspace): Promise<SceneBuild> {
  const { workspace, build } = await waitingWorkspace(world, wanted);
  if ((await daemon.acquire()) === undefined) throw new Error("no build to do");
  return { workspace, build };
}

/** One that runs. */
export async function runningWorkspace(world: World, daemon: TestDaemon, wanted: NewWorkspace) {
  const { name, workspace, build, job } = await waitingWorkspace(world, wanted);
  const agent = tokenAgent("main", wanted.apiKeyScope);
  const { secret } = await complete(daemon, { state: "{}", resources: [machine(agent)] });
  const [resource] = await world.asOwner.resources.ofJob(job);
  const agentId = resource?.agents[0]?.id;
  if (agentId === undefined) throw new Error("the workspace has no agent");
  return { id: workspace, name, build, job, agent: agentId, agentToken: deriveAgentToken(secret, agent.id) };
}
