import type { Context } from "../access/context.ts";
import type { Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cancelJobs } from "./cancel-locked-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { markKeyDeleted, removeKeyRow } from "./provisioner-key-rows.ts";
import { findJobsUnderKey } from "./queue-rows.ts";

/**
 * Makes a key open nothing anymore: its daemons get no job, those that wait for one are refused at once, and the jobs that they run are
 * canceled. Until these have ended the row stays, so that the daemons can stop them and hand up what Terraform has left.
 *
 * @returns false if the key was deleted before
 */
export async function revokeKey(
  context: Context,
  tx: Tx,
  kinds: JobKinds,
  { id, name }: Pick<Row<"provisioner_keys">, "id" | "name">,
): Promise<boolean> {
  // First, because claims hold the key: whatever its daemons were given is there afterwards, and nothing is added.
  if (!(await markKeyDeleted(tx.db, id, context.now()))) return false;
  const jobs = await findJobsUnderKey(tx.db, id);
  const reason = `The provisioner key ${name}, which the daemon of this job uses, was deleted, so the job was canceled.`;
  await cancelJobs(context, tx, kinds, jobs, reason);
  if (jobs.length === 0) await removeKeyRow(tx.db, id);
  tx.publish({ kind: "key_deleted", keyId: id });
  return true;
}
