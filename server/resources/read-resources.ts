import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { charactersIn } from "../input/characters.ts";
import { describeJobsById, findReadableJobs } from "../provisioning/describe-jobs.ts";
import type { JobKinds } from "../provisioning/job-kind.ts";
import { shownResources } from "./agent-values.ts";
import { findResources, type Resource } from "./rows.ts";

/** Lists a job's resources in the daemon's order, if the caller may read its workspace or template. @param kinds must include its kind */
export const resourcesOfJob = ruled("resources.ofJob", async (context, kinds: JobKinds, jobId: JobId): Promise<readonly Resource[]> => {
  const about = (await describeJobsById(context.db, kinds, [jobId])).get(jobId);
  if (about === undefined) throw new NotFoundError("job");
  context.guard.read(about.object, "job");
  return shownResources(context, about.object, (await findResources(context.db, [jobId], "whole")).get(jobId) ?? []);
});

/** How many jobs' resources are read at once. */
const JOBS_AT_ONCE = 50;
/** When a list has this many characters of resources, it contains no more: otherwise a few huge builds would break it for everybody. */
const LISTED_CHARACTERS = 64 * 1024 * 1024;

/**
 * Lists the resources of many jobs at once, with scripts only as far as they are short. A job without resources, or that the caller may not
 * read, has no entry; neither have the last ones of a list that would become too large.
 */
export const resourcesOfJobs = ruled(
  "resources.ofJobs",
  async (context, kinds: JobKinds, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, readonly Resource[]>> => {
    const readable = await findReadableJobs(context, kinds, jobIds);
    const ids = [...readable.keys()];
    const shown = new Map<JobId, readonly Resource[]>();
    let left = LISTED_CHARACTERS;
    for (let at = 0; at < ids.length && left > 0; at += JOBS_AT_ONCE)
      for (const [id, resources] of await findResources(context.db, ids.slice(at, at + JOBS_AT_ONCE), "list")) {
        const object = readable.get(id);
        left -= charactersIn(resources);
        if (left > 0 && object !== undefined) shown.set(id, shownResources(context, object, resources));
      }
    return shown;
  },
);
