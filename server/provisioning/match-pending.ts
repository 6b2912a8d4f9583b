import { filter } from "#authz/predicate.ts";
import type { Access } from "../access/access.ts";
import type { Job } from "./job-rows.ts";
import { type MatchedDaemons, matchDaemons } from "./match-daemons.ts";
import { listDaemons } from "./read-daemons.ts";

/**
 * Who could take a job that waits; undefined for one that does not wait any more, and for a caller who may read no daemon at all, as with
 * most narrow tokens: to count none would say that nobody takes the job.
 */
export async function matchPending(access: Access, job: Job, now: Date): Promise<MatchedDaemons | undefined> {
  if (job.job_status !== "pending") return undefined;
  if (filter(access.subject, "read", "provisioner_daemon").kind === "none") return undefined;
  return matchDaemons(job, await listDaemons(access, job.organization_id), now);
}
