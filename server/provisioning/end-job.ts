import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { auditBuildFailure } from "../workspaces/build-entries.ts";
import { statePurpose } from "../workspaces/build-rows.ts";
import { buildOfJob, publishJobChange } from "./job-rows.ts";

export interface JobEnd {
  /** Why it failed; absent when it succeeded. Empty on a job that was canceled: it ended because of that, and not for another reason. */
  readonly error?: string;
  readonly errorCode?: string;
  /** The build's new Terraform state. Absent: the last one stays. Empty: there is none any more. */
  readonly state?: Uint8Array;
}

/**
 * Ends a job, and with it the secrets that it was given. Whatever else the job leaves is written by the caller, in the same transaction.
 *
 * @param job locked by the caller, and not over
 */
export async function endJob(core: Database, tx: Tx, job: Row<"provisioner_jobs">, end: JobEnd): Promise<void> {
  const at = core.now();
  await tx.db
    .updateTable("provisioner_jobs")
    .set({
      completed_at: at,
      updated_at: at,
      started_at: job.started_at ?? at,
      lease_expires_at: null,
      secret_input: null,
      error: end.error === undefined ? null : cleanText(end.error) || (job.canceled_at === null ? "the provisioner gave no reason" : null),
      error_code: end.errorCode || null,
    })
    .where("id", "=", job.id)
    .execute();
  const build = await buildOfJob(tx.db, job.id);
  if (build !== undefined) {
    await tx.db.updateTable("workspace_builds").set({ agent_token_secret: null, updated_at: at }).where("id", "=", build.id).execute();
    if (end.state !== undefined) await storeState(core, tx, build, end.state);
    if (end.error !== undefined) await auditBuildFailure(core, tx, build);
  }
  publishJobChange(tx, job.id, build?.workspace_id);
}

export async function storeState(core: Database, tx: Tx, build: Row<"workspace_builds">, state: Uint8Array): Promise<void> {
  const sealed = state.length === 0 ? null : core.encryption.seal(statePurpose(build.workspace_id), state);
  await tx.db
    .updateTable("workspace_builds")
    .set({ provisioner_state: sealed, updated_at: core.now() })
    .where("id", "=", build.id)
    .execute();
}

/**
 * Keeps a state that arrives after its job was given up, as long as no later build has begun: it is what Terraform really left behind.
 */
export async function keepLateState(core: Database, tx: Tx, job: Row<"provisioner_jobs">, state: Uint8Array): Promise<void> {
  const build = await buildOfJob(tx.db, job.id);
  if (build === undefined || state.length === 0) return;
  const later = await tx.db
    .selectFrom("workspace_builds")
    .select("id")
    .where("workspace_id", "=", build.workspace_id)
    .where("build_number", ">", build.build_number)
    .executeTakeFirst();
  if (later === undefined) await storeState(core, tx, build, state);
}
