import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { claimOldestRow, type Worker } from "./queue-rows.ts";

/**
 * Gives the worker the oldest job that it may take, under a lease. Workers that ask at the same time get different jobs: SQLite lets only
 * one transaction write at a time, and PostgreSQL skips rows that another transaction has locked.
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
