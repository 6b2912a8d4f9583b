import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { claimOldestRow, type Worker } from "./queue-rows.ts";

/**
 * Gives the oldest job that the worker may have to it, under a lease. Of many who ask at once each gets another one: SQLite lets one
 * transaction write at a time, PostgreSQL skips what another transaction has locked.
 */
export function claimJob(core: Database, worker: Worker, leaseMs: number): Promise<Row<"provisioner_jobs"> | undefined> {
  if (worker.provisioners.length === 0) return Promise.resolve(undefined);
  const at = core.now();
  return core.write(async (tx) => {
    const job = await claimOldestRow(core.dialect, tx.db, worker, { at, until: new Date(at.getTime() + leaseMs) });
    if (job !== undefined) tx.publish({ kind: "job_changed", jobId: job.id });
    return job;
  });
}
