import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { type JobKinds, kindOf } from "./job-kind.ts";
import { releaseRow, updateJobRow } from "./queue-rows.ts";

/** Returns a job that never reached its daemon to the queue. */
export function releaseJob(core: Database, kinds: JobKinds, job: Row<"provisioner_jobs">): Promise<void> {
  return core.write(async (tx) => {
    const released = await releaseRow(tx.db, job, core.now());
    if (released === undefined) return;
    if (released.canceled_at === null)
      tx.publish({ kind: "job_posted", organizationId: job.organization_id, provisioner: job.provisioner, tags: job.tags });
    else {
      // The job was canceled in between. No daemon works on it, so nothing else would end it.
      await updateJobRow(tx.db, job.id, { completed_at: core.now(), secret_input: null });
      await kindOf(kinds, job.type).changed?.(tx, job.id);
    }
    tx.publish({ kind: "job_changed", jobId: job.id });
  });
}
