import type { Row } from "../database/tables.ts";
import { InvalidInputError, JobNotCompletedError } from "../errors.ts";
import { describeJob } from "../provisioning/job-rules.ts";

/** @throws JobNotCompletedError unless the version's import succeeded */
export function requireImported(
  version: Pick<Row<"template_versions">, "name">,
  job: Pick<Row<"provisioner_jobs">, "job_status" | "error">,
): void {
  if (job.job_status !== "succeeded")
    throw new JobNotCompletedError(`the import of template version ${version.name} has not succeeded: ${describeJob(job)}`);
}

/** For a version that should become a template's first. */
export function alreadyTaken(): InvalidInputError {
  return new InvalidInputError("The template version already belongs to a template.", [
    { field: "template_version_id", detail: "belongs to a template" },
  ]);
}

/** For a version that should be one of a certain template. */
export function ofAnotherTemplate(): InvalidInputError {
  return new InvalidInputError("The template version belongs to another template.", [
    { field: "template_version_id", detail: "not a version of this template" },
  ]);
}
