import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { giveUpJob } from "./give-up-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { releaseJobIn } from "./release-job.ts";
import { addServerLine } from "./server-line.ts";

/** How often a job goes back to the queue because its daemon did not report on it once. */
const MOST_RELEASES = 3;

/**
 * Takes a job from a daemon that is gone. A daemon must get an answer about its job before it applies anything, so a job on which it never
 * reported can run again and goes back to the queue. Any other job ends with the last state that the daemon reported.
 *
 * @param job locked by the caller, running
 * @param cause a clause that says what happened to the daemon, without an end: "The provisioner daemon x …"
 */
export async function loseWorker(core: Database, tx: Tx, kinds: JobKinds, job: Row<"provisioner_jobs">, cause: string): Promise<void> {
  if (job.lease_renewals > 0) {
    const outcome = job.canceled_at === null ? "and the job failed" : "and the job, which was being canceled, is over";
    return giveUpJob(core, tx, kinds, job, `${cause}, ${outcome}. The last state that it reported was kept.`);
  }
  const unanswered_claims = job.unanswered_claims + 1;
  if (job.canceled_at === null && unanswered_claims > MOST_RELEASES) {
    const reason = `${cause}. The job was given to daemons ${unanswered_claims} times, and none of them ever reported on it, so it failed.`;
    return giveUpJob(core, tx, kinds, job, `${reason} Check that daemons can reach the server.`);
  }
  const outcome = job.canceled_at === null ? "it went back to the queue" : "it was canceled without having run";
  await addServerLine(core, tx, job, { level: "warn", output: `${cause}. It never reported on the job, so ${outcome}.` });
  await releaseJobIn(tx, core, kinds, { ...job, unanswered_claims });
}
