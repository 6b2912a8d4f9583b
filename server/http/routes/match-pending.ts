import { type MatchedDaemons, matchDaemons } from "../../provisioners/match-daemons.ts";
import type { Job } from "../../store/job-rows.ts";
import type { StoreView } from "../../store/store.ts";

/** Who could take a job that waits; undefined for one that does not wait any more. */
export async function matchPending(view: Pick<StoreView, "provisionerDaemons">, job: Job, now: Date): Promise<MatchedDaemons | undefined> {
  if (job.job_status !== "pending") return undefined;
  return matchDaemons(job, await view.provisionerDaemons.list(job.organization_id), now);
}
