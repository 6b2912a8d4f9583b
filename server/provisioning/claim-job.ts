import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { KeyDeletedError } from "./key-errors.ts";
import { holdKeyOfDaemon } from "./provisioner-key-rows.ts";
import { claimOldestRow, type Worker } from "./queue-rows.ts";

/**
 * Gives the worker the oldest job that it may take, under a lease. Workers that ask at the same time get different jobs: SQLite lets only
 * one transaction write at a time, and PostgreSQL skips rows that another transaction has locked.
 *
 * @throws KeyDeletedError
 */
export function claimJob(core: Database, worker: Worker): Promise<Row<"provisioner_jobs"> | undefined> {
  if (worker.provisioners.length === 0) return Promise.resolve(undefined);
  return core.write(async (tx) => {
    if (!(await holdKeyOfDaemon(core.dialect, tx.db, worker.id))) throw new KeyDeletedError();
    const job = await claimOldestRow(core.dialect, tx.db, worker, core.now());
    if (job !== undefined) tx.publish({ kind: "job_changed", jobId: job.id });
    return job;
  });
}
