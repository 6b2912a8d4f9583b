import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ResourceSchema } from "#proto/gen/provisioner_pb.js";
import type { CompletedJobSchema } from "#proto/gen/provisionerd_pb.js";
import { TemplateVersionId, type WorkspaceId } from "#server/ids.ts";
import type { Template } from "#server/templates/template-rows.ts";
import type { TestDaemon } from "./daemon.ts";
import type { StoreView } from "./store-view.ts";
import type { World } from "./world.ts";

type Completed = MessageInitShape<typeof CompletedJobSchema>;
type ImportOutcome = Extract<NonNullable<Completed["type"]>, { case: "templateImport" }>["value"];
type ResourceInit = MessageInitShape<typeof ResourceSchema>;

/** Pushes an archive and enqueues its import. */
export async function pushVersion(
  { organizationId, owner, asOwner }: Pick<World, "organizationId" | "owner" | "asOwner">,
  extra: Partial<Parameters<StoreView["templateVersions"]["create"]>[0]> = {},
) {
  const file = await asOwner.files.create({ createdBy: owner.id, mimetype: "application/x-tar", data: Buffer.from("a tar archive") });
  return asOwner.templateVersions.create({ organizationId, fileId: file.id, provisioner: "terraform", ...extra });
}

/** A template whose import a daemon has completed. */
export async function makeTemplate(world: World, daemon: TestDaemon, outcome: ImportOutcome = {}, name = "dev"): Promise<Template> {
  const version = await pushVersion(world);
  const job = await daemon.acquire();
  if (job === undefined) throw new Error("no import to do");
  await daemon.client.completeJob({ jobId: job.jobId, type: { case: "templateImport", value: outcome } }, daemon.options);
  return world.asOwner.templates.create({ organizationId: world.organizationId, versionId: TemplateVersionId.parse(version.id), name });
}

/** One compute resource with these agents. */
export function machine(...agents: NonNullable<ResourceInit["agents"]>) {
  return { name: "machine", type: "null_resource", agents };
}

/** Its token is the server's to derive. */
export function tokenAgent(name: string, apiKeyScope = "all") {
  return {
    id: `terraform-id-of-${name}`,
    name,
    operatingSystem: "linux",
    architecture: "amd64",
    apiKeyScope,
    auth: { case: "token" as const, value: "" },
  };
}

/** Creates a build, and lets the daemon do it. */
export async function build(
  { asOwner }: World,
  daemon: TestDaemon,
  workspaceId: WorkspaceId,
  transition: "start" | "stop" | "delete",
  outcome: { readonly state?: string; readonly resources?: ResourceInit[] } = {},
) {
  const made = await asOwner.builds.create({ workspaceId, transition });
  const { job, secret } = await complete(daemon, outcome);
  return { build: await asOwner.builds.get(made.id), job, secret };
}

/** Takes the next job, a build, and completes it. */
export async function complete(daemon: TestDaemon, outcome: { readonly state?: string; readonly resources?: ResourceInit[] } = {}) {
  const job = await daemon.acquire();
  if (job?.type.case !== "workspaceBuild") throw new Error("no build to do");
  await daemon.client.completeJob(
    {
      jobId: job.jobId,
      type: { case: "workspaceBuild", value: { state: Buffer.from(outcome.state ?? "state"), resources: outcome.resources ?? [] } },
    },
    daemon.options,
  );
  return { job, build: job.type.value, secret: job.type.value.agentTokenSecret };
}
