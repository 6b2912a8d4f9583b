import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { findJob, findReadableJobs } from "../provisioning/job-rows.ts";
import { findResources, type Resource } from "./rows.ts";

/** As the daemon sent them. For who may read the job's workspace or template. */
export const resourcesOfJob = ruled("resources.ofJob", async (context, jobId: JobId): Promise<readonly Resource[]> => {
  const job = await findJob(context.db, jobId);
  if (job === undefined) throw new NotFoundError("job");
  context.guard.read(job.object, "job");
  return (await findResources(context.db, [jobId])).get(jobId) ?? [];
});

/** Of many jobs at once; a job that may not be read, or has none, has no entry. */
export const resourcesOfJobs = ruled(
  "resources.ofJobs",
  async (context, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, readonly Resource[]>> =>
    findResources(context.db, await findReadableJobs(context, jobIds)),
);
