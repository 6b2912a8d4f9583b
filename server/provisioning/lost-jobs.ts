import type { Database } from "../database/database.ts";
import type { JobId } from "../ids.ts";
import { findDaemonName } from "./daemon-rows.ts";
import type { JobKinds } from "./job-kind.ts";
import { loseWorker } from "./lose-worker.ts";
import { findLeasesOfHome, lockJob } from "./queue-rows.ts";

/**
 * Takes jobs from daemons that died with a former run of this server, and returns those jobs.
 *
 * @param daemonNames the names of the server's own daemons: the former ones with these names are dead for certain
 */
export type EndLostJobs = (daemonNames: readonly string[]) => Promise<JobId[]>;

/**
 * Remembers which jobs the server's own daemons held when it started. Call it before any daemon can ask for a job.
 *
 * @param home identifies the server's data directory
 */
export async function rememberHeldJobs(core: Database, kinds: JobKinds, home: string): Promise<EndLostJobs> {
  const held = await findLeasesOfHome(core.db, home);
  return async (daemonNames) => {
    const ended: JobId[] = [];
    for (const { id, claims } of held) {
      const isEnded = await core.write(async (tx) => {
        const job = await lockJob(core.dialect, tx.db, id);
        // It may have ended since, or gone back to the queue and to another daemon.
        if (job === undefined || job.started_at === null || job.completed_at !== null || job.claims !== claims) return false;
        const daemon = await findDaemonName(tx.db, job.worker_id);
        if (daemon === undefined || !daemonNames.includes(daemon)) return false;
        await loseWorker(core, tx, kinds, job, `The provisioner daemon ${daemon} was stopped together with its server`);
        return true;
      });
      if (isEnded) ended.push(id);
    }
    return ended;
  };
}
