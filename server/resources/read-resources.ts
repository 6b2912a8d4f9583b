import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { describeJobsById, findReadableJobs } from "../provisioning/describe-jobs.ts";
import type { JobKinds } from "../provisioning/job-kind.ts";
import { findResources, type Resource } from "./rows.ts";

/** As the daemon sent them. For who may read the job's workspace or template. @param kinds the job's is among them */
export const resourcesOfJob = ruled("resources.ofJob", async (context, kinds: JobKinds, jobId: JobId): Promise<readonly Resource[]> => {
  const about = (await describeJobsById(context.db, kinds, [jobId])).get(jobId);
  if (about === undefined) throw new NotFoundError("job");
  context.guard.read(about.object, "job");
  return (await findResources(context.db, [jobId])).get(jobId) ?? [];
});

/** Of many jobs at once; a job that may not be read, or has none, has no entry. */
export const resourcesOfJobs = ruled(
  "resources.ofJobs",
  async (context, kinds: JobKinds, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, readonly Resource[]>> =>
    findResources(context.db, await findReadableJobs(context, kinds, jobIds)),
);
