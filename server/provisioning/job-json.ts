import type { JobErrorCode, ProvisionerJobInput, ProvisionerJob as ProvisionerJobJson, ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import { ZERO_UUID } from "#sdk/scalars.ts";
import type { JobLog } from "./job-log-rows.ts";
import type { Job } from "./job-rows.ts";
import type { MatchedDaemons } from "./match-daemons.ts";

/** @param matched the daemons that could take the job, for answers that show them */
export function jobJson(job: Job, matched?: MatchedDaemons): ProvisionerJobJson {
  const errorCode = knownErrorCode(job.error_code);
  return {
    id: job.id,
    created_at: job.created_at.toISOString(),
    ...(job.started_at !== null && { started_at: job.started_at.toISOString() }),
    ...(job.completed_at !== null && { completed_at: job.completed_at.toISOString() }),
    ...(job.canceled_at !== null && { canceled_at: job.canceled_at.toISOString() }),
    ...(job.error !== null && job.error !== "" && { error: job.error }),
    ...(errorCode !== undefined && { error_code: errorCode }),
    status: job.job_status,
    ...(job.worker_id !== null && { worker_id: job.worker_id }),
    ...(job.worker_name !== null && { worker_name: job.worker_name }),
    file_id: job.file_id,
    tags: { ...job.tags },
    queue_position: job.queue_position,
    queue_size: job.queue_size,
    organization_id: job.organization_id,
    initiator_id: job.initiator_id,
    input: inputJson(job.input),
    type: job.type,
    ...(matched !== undefined && { available_workers: matched.available.map((daemon) => daemon.id) }),
    metadata: {
      template_version_name: job.template_version_name ?? "",
      template_id: job.template_id ?? ZERO_UUID,
      template_name: job.template_name ?? "",
      template_display_name: job.template_display_name ?? "",
      template_icon: job.template_icon ?? "",
      ...(job.workspace_id !== null && { workspace_id: job.workspace_id }),
      ...(job.workspace_name !== null && { workspace_name: job.workspace_name }),
      ...(job.workspace_build_transition !== null && { workspace_build_transition: job.workspace_build_transition }),
    },
    logs_overflowed: job.logs_overflowed,
  };
}

function inputJson(input: Job["input"]): ProvisionerJobInput {
  if ("workspace_build_id" in input) return { workspace_build_id: input.workspace_build_id };
  return { template_version_id: input.template_version_id };
}

function knownErrorCode(code: string | null): JobErrorCode | undefined {
  return code === "INSUFFICIENT_QUOTA" || code === "REQUIRED_TEMPLATE_VARIABLES" ? code : undefined;
}

export function jobLogJson(log: JobLog): ProvisionerJobLog {
  return {
    id: log.id,
    created_at: log.created_at.toISOString(),
    log_source: log.source,
    log_level: log.level,
    stage: log.stage,
    output: log.output,
  };
}
