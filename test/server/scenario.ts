/** The common steps of tests that need a template or a running workspace. Terraform's part is made up. */
import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { deriveAgentToken } from "#credentials/agent-token.ts";
import type { ResourceSchema } from "#proto/gen/provisioner_pb.js";
import type { CompletedJob_TemplateImportSchema } from "#proto/gen/provisionerd_pb.js";
import type { CreateTemplateVersionRequest, TemplateVersion } from "#sdk/template-versions.ts";
import type { Template } from "#sdk/templates.ts";
import type { Workspace } from "#sdk/workspaces.ts";
import type { PlayedDaemon } from "./played-daemon.ts";
import { type ServerWorld, tarOf } from "./server-world.ts";

/** Uploads an archive and starts its import. */
export async function pushVersion(
  world: ServerWorld,
  request: Partial<Omit<CreateTemplateVersionRequest, "storage_method" | "provisioner" | "file_id">> = {},
): Promise<TemplateVersion> {
  const { hash } = await world.client.uploadFile(await tarOf({ "main.tf": "# empty\n" }));
  return world.client.createTemplateVersion("default", { storage_method: "file", provisioner: "terraform", file_id: hash, ...request });
}

/** Lets the daemon take the next job and end it as an import that found this. */
export async function importNext(
  daemon: PlayedDaemon,
  found: MessageInitShape<typeof CompletedJob_TemplateImportSchema> = {},
): Promise<void> {
  const job = await daemon.acquire();
  if (job.type.case !== "templateImport") throw new Error(`expected an import, got ${job.type.case}`);
  await daemon.complete({ jobId: job.jobId, type: { case: "templateImport", value: found } });
}

export async function makeTemplate(
  world: ServerWorld,
  daemon: PlayedDaemon,
  {
    name = `t-${randomUUID().slice(0, 8)}`,
    found = {},
  }: { name?: string; found?: MessageInitShape<typeof CompletedJob_TemplateImportSchema> } = {},
): Promise<Template> {
  const version = await pushVersion(world);
  await importNext(daemon, found);
  return world.client.createTemplate("default", { name, template_version_id: version.id });
}

export interface PlayedAgent {
  readonly name: string;
  readonly apiKeyScope: string;
  readonly token: string;
}

/** Lets the daemon run the next build: one machine, with an agent for each scope. */
export async function buildNext(daemon: PlayedDaemon, scopes: readonly string[] = ["all", "no_user_data"]): Promise<PlayedAgent[]> {
  const job = await daemon.acquire();
  if (job.type.case !== "workspaceBuild") throw new Error(`expected a build, got ${job.type.case}`);
  const secret = job.type.value.agentTokenSecret;
  const agents = scopes.map((apiKeyScope) => ({ id: randomUUID(), name: apiKeyScope.replaceAll("_", "-"), apiKeyScope }));
  const machine: MessageInitShape<typeof ResourceSchema> = {
    name: "dev",
    type: "null_resource",
    metadata: [{ key: "password", value: "hunter2", sensitive: true }],
    agents: agents.map((agent) => ({ ...agent, operatingSystem: "linux", architecture: "amd64", auth: { case: "token", value: "" } })),
  };
  const resources = scopes.length === 0 ? [] : [machine];
  await daemon.complete({ jobId: job.jobId, type: { case: "workspaceBuild", value: { state: Buffer.from("{}"), resources } } });
  return agents.map(({ id, name, apiKeyScope }) => ({ name, apiKeyScope, token: deriveAgentToken(secret, id) }));
}

export async function startWorkspace(
  world: ServerWorld,
  daemon: PlayedDaemon,
  template: Pick<Template, "id">,
  scopes?: readonly string[],
): Promise<{ workspace: Workspace; agents: PlayedAgent[] }> {
  const { id } = await world.client.createWorkspace("me", { name: `w-${randomUUID().slice(0, 8)}`, template_id: template.id });
  const agents = await buildNext(daemon, scopes);
  return { workspace: await world.client.getWorkspace(id), agents };
}
