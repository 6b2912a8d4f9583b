import { filter } from "#authz/predicate.ts";
import type { Access } from "../access/access.ts";
import type { Job } from "./job-rows.ts";
import { type MatchedDaemons, matchDaemons } from "./match-daemons.ts";
import { listDaemons } from "./read-daemons.ts";

/**
 * Finds the daemons that could take a pending job. Returns undefined for a job that is no longer pending, and for a caller who may not read
 * any daemon, as with most narrow tokens: a count of zero would wrongly say that no daemon can take the job.
 */
export async function matchPending(access: Access, job: Job, now: Date): Promise<MatchedDaemons | undefined> {
  if (job.job_status !== "pending") return undefined;
  if (filter(access.subject, "read", "provisioner_daemon").kind === "none") return undefined;
  return matchDaemons(job, await listDaemons(access, job.organization_id), now);
}
