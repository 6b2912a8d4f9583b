import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { describeJobsById, findReadableJobs } from "../provisioning/describe-jobs.ts";
import type { JobKinds } from "../provisioning/job-kind.ts";
import { findResources, type Resource } from "./rows.ts";

/** Lists a job's resources in the daemon's order, if the caller may read its workspace or template. @param kinds must include its kind */
export const resourcesOfJob = ruled("resources.ofJob", async (context, kinds: JobKinds, jobId: JobId): Promise<readonly Resource[]> => {
  const about = (await describeJobsById(context.db, kinds, [jobId])).get(jobId);
  if (about === undefined) throw new NotFoundError("job");
  context.guard.read(about.object, "job");
  return (await findResources(context.db, [jobId])).get(jobId) ?? [];
});

/** Lists the resources of many jobs at once. A job without resources, or that the caller may not read, has no entry. */
export const resourcesOfJobs = ruled(
  "resources.ofJobs",
  async (context, kinds: JobKinds, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, readonly Resource[]>> =>
    findResources(context.db, await findReadableJobs(context, kinds, jobIds)),
);
