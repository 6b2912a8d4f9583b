import { provisionerJobObject } from "#authz/object.ts";
import { JobNotCancellableError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";
import type { JobAbout } from "./job-kind.ts";
import type { JobRow } from "./job-rows.ts";

/** Describes a job's outcome or status in words, for an error. */
export function describeJob(job: Pick<JobRow, "job_status" | "error">): string {
  return job.error ? `it failed: ${job.error}` : `its status is ${job.job_status}`;
}

/** @param expectStatus the job must still have this status. @throws JobNotCancellableError */
export function checkCancelable(
  job: Pick<JobRow, "job_status" | "error" | "completed_at" | "canceled_at">,
  expectStatus: "pending" | "running" | undefined,
): void {
  if (job.completed_at !== null) throw new JobNotCancellableError(`the job is over: ${describeJob(job)}`);
  if (job.canceled_at !== null) throw new JobNotCancellableError("the job is already being canceled");
  if (expectStatus !== undefined && job.job_status !== expectStatus)
    throw new JobNotCancellableError(`the job is ${job.job_status}, not ${expectStatus}`);
}

/** Describes a job for which no kind knows an object: it is just a job of the organization. */
export function aboutNothing(organizationId: OrganizationId): JobAbout {
  const names = {
    template_version_name: null,
    template_id: null,
    template_name: null,
    template_display_name: null,
    template_icon: null,
    workspace_id: null,
    workspace_name: null,
    workspace_build_transition: null,
  };
  return { object: provisionerJobObject({ organizationId }), cancel: "update", names };
}
