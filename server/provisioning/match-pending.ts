import { filter } from "#authz/predicate.ts";
import type { Subject } from "#authz/subject.ts";
import type { StoreView } from "../access/store.ts";
import type { Job } from "./job-rows.ts";
import { type MatchedDaemons, matchDaemons } from "./match-daemons.ts";

/**
 * Who could take a job that waits; undefined for one that does not wait any more, and for a caller who may read no daemon at all, as with
 * most narrow tokens: to count none would say that nobody takes the job.
 */
export async function matchPending(
  { subject, view }: { readonly subject: Subject; readonly view: Pick<StoreView, "provisionerDaemons"> },
  job: Job,
  now: Date,
): Promise<MatchedDaemons | undefined> {
  if (job.job_status !== "pending") return undefined;
  if (filter(subject, "read", "provisioner_daemon").kind === "none") return undefined;
  return matchDaemons(job, await view.provisionerDaemons.list(job.organization_id), now);
}
