import { randomUUID } from "node:crypto";
import { clone, create } from "@bufbuild/protobuf";
import { MetadataSchema, WorkspaceTransition } from "#proto/gen/provisioner_pb.js";
import type { AcquiredJob_TemplateDryRun } from "#proto/gen/provisionerd_pb.js";
import { beginStage, type CompletedType, initialize, type JobRun, logWarnings, openProvider, planAndGraph } from "./job-run.ts";
import { bootstrapScripts } from "./terraform/bootstrap-scripts.ts";
import { coderVariables } from "./terraform/coder-variables.ts";
import { readModules } from "./terraform/modules.ts";
import { convertPlan } from "./terraform/resources.ts";

/** Shows what a template would create with these parameters, for a workspace that does not exist. */
export async function dryRunTemplate(
  job: AcquiredJob_TemplateDryRun,
  initiator: string,
  archive: Uint8Array,
  run: JobRun,
): Promise<CompletedType> {
  const metadata = job.metadata === undefined ? create(MetadataSchema) : clone(MetadataSchema, job.metadata);
  metadata.workspaceTransition = WorkspaceTransition.START;
  metadata.coderUrl ||= "http://localhost:3000";
  metadata.workspaceName ||= "dryrun";
  metadata.workspaceOwner ||= initiator || "dryrunner";
  metadata.workspaceId ||= randomUUID();
  metadata.workspaceOwnerId ||= randomUUID();
  await using provider = await openProvider(run, {
    env: { ...(await bootstrapScripts()), ...coderVariables({ metadata, parameters: job.richParameterValues }) },
  });
  beginStage(run, "Initializing Terraform Directory");
  const prepared = await initialize(run, provider, archive, { backend: "ignored" });
  beginStage(run, "Detecting persistent resources");
  const { graph } = await planAndGraph(run, provider, { destroy: false, variables: job.variableValues, archive, prepared });
  const converted = convertPlan(await run.executor.showPlan(provider.env), graph, run.host.tokens);
  logWarnings(run, converted.warnings);
  return {
    case: "templateDryRun",
    value: { resources: [...converted.resources], modules: await readModules(run.work.template) },
  };
}
