import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { type JobKinds, kindOf } from "./job-kind.ts";
import { releaseRow, updateJobRow } from "./queue-rows.ts";
import { joinTurns } from "./turn-rows.ts";

type Claimed = Pick<Row<"provisioner_jobs">, "id" | "claims" | "unanswered_claims">;

/** Returns a job that never reached its daemon to the queue. It ends if it was canceled in between. */
export function releaseJob(core: Database, kinds: JobKinds, job: Claimed): Promise<void> {
  return core.write((tx) => releaseJobIn(tx, core, kinds, job));
}

/** Does the same inside a transaction. */
export async function releaseJobIn(tx: Tx, { now }: Pick<Database, "now">, kinds: JobKinds, job: Claimed): Promise<void> {
  const at = now();
  const { unanswered_claims } = job;
  const released = await releaseRow(tx.db, job, { unanswered_claims, updated_at: at });
  if (released === undefined) return;
  if (released.canceled_at === null) {
    await joinTurns(tx.db, released, released.created_at);
    tx.publish({ kind: "job_posted", organizationId: released.organization_id, provisioner: released.provisioner, tags: released.tags });
  }
  // No daemon works on the canceled job, so nothing else would end it.
  else await updateJobRow(tx.db, job.id, { completed_at: at, secret_input: null });
  tx.publish({ kind: "job_changed", jobId: job.id });
  await kindOf(kinds, released.type).changed?.(tx, job.id);
}
