import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { describeJobsById, findReadableJobs } from "../provisioning/describe-jobs.ts";
import type { JobKinds } from "../provisioning/job-kind.ts";
import { shownResources } from "./agent-values.ts";
import { findResources, type Resource } from "./rows.ts";

/** Lists a job's resources in the daemon's order, if the caller may read its workspace or template. @param kinds must include its kind */
export const resourcesOfJob = ruled("resources.ofJob", async (context, kinds: JobKinds, jobId: JobId): Promise<readonly Resource[]> => {
  const about = (await describeJobsById(context.db, kinds, [jobId])).get(jobId);
  if (about === undefined) throw new NotFoundError("job");
  context.guard.read(about.object, "job");
  return shownResources(context, about.object, (await findResources(context.db, [jobId])).get(jobId) ?? []);
});

/** Lists the resources of many jobs at once. A job without resources, or that the caller may not read, has no entry. */
export const resourcesOfJobs = ruled(
  "resources.ofJobs",
  async (context, kinds: JobKinds, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, readonly Resource[]>> => {
    const readable = await findReadableJobs(context, kinds, jobIds);
    const found = await findResources(context.db, [...readable.keys()]);
    const shown = new Map<JobId, readonly Resource[]>();
    for (const [id, object] of readable) {
      const resources = found.get(id);
      if (resources !== undefined) shown.set(id, shownResources(context, object, resources));
    }
    return shown;
  },
);
