import { provisionerJobObject } from "#authz/object.ts";
import { JobNotCancellableError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";
import type { JobAbout } from "./job-kind.ts";
import type { JobRow } from "./job-rows.ts";

/** How a job ended or stands, in words for an error. */
export function describeJob(job: Pick<JobRow, "job_status" | "error">): string {
  return job.error ? `it failed: ${job.error}` : `it is ${job.job_status}`;
}

/** @param expectStatus the cancel counts only if the job still has it. @throws JobNotCancellableError */
export function checkCancelable(
  job: Pick<JobRow, "job_status" | "error" | "completed_at" | "canceled_at">,
  expectStatus: "pending" | "running" | undefined,
): void {
  if (job.completed_at !== null) throw new JobNotCancellableError(`the job is over: ${describeJob(job)}`);
  if (job.canceled_at !== null) throw new JobNotCancellableError("the job is already being canceled");
  if (expectStatus !== undefined && job.job_status !== expectStatus)
    throw new JobNotCancellableError(`the job is ${job.job_status}, not ${expectStatus}`);
}

/** A job of which no kind says what it is for: a job of the organization, and nothing more. */
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
