import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { JobEnd } from "../provisioning/job-kind.ts";
import { insertTimings } from "../resources/insert-rows.ts";
import { auditBuildFailure } from "./build-entries.ts";
import { findBuildOfJob, updateBuildRow } from "./build-job-rows.ts";
import { completeBuild } from "./complete-build.ts";
import { noteMissingState, sayKeyDeleted } from "./missing-state.ts";
import { isOrphan } from "./orphan.ts";
import { hasState, type SentState, storeState } from "./store-state.ts";

type BuildEnd = JobEnd<"workspaceBuild">;

/**
 * Stores a build's results, deletes the secret of its agents' tokens, and notifies watchers of the workspace.
 *
 * @throws InvalidCompletionError for a completed build whose agents break a rule
 */
export async function endBuild(core: Database, tx: Tx, job: Row<"provisioner_jobs">, end: BuildEnd): Promise<void> {
  const build = await findBuildOfJob(tx.db, job.id);
  if (build === undefined) {
    if (end.how === "completed") throw new Error(`job ${job.id} has no workspace build`);
    return;
  }
  if (end.how === "completed") await completeBuild(core, tx, build, end.outcome);
  if (end.how === "failed" && end.failure !== undefined) await insertTimings(tx, job.id, end.failure.timings);
  const state = stateLeftBy(job, end);
  await updateBuildRow(tx.db, build.id, { agent_token_secret: null, state_untouched: leftUntouched(job, end), updated_at: core.now() });
  if (state !== undefined) await storeState(core, tx, build, state);
  else if (end.how === "failed" && end.failure !== undefined) await noteMissingState(core, tx, job, build, end.failure);
  if (end.how === "given_up") await sayKeyDeleted(core, tx, job, build);
  // A canceled build whose daemon is gone failed in nothing.
  const isCanceled = end.how === "given_up" && job.canceled_at !== null;
  if (end.how !== "completed" && !isCanceled) await auditBuildFailure(core, tx, build);
  tx.publish({ kind: "workspace_changed", workspaceId: build.workspace_id });
}

/**
 * A daemon sends a state with every failure once Terraform may have changed something, or says where it is. One that never had an answer
 * about its job has applied nothing.
 */
function leftUntouched(job: Pick<Row<"provisioner_jobs">, "input" | "lease_renewals">, end: BuildEnd): boolean {
  if (isOrphan(job)) return end.how !== "completed";
  if (end.how === "given_up") return job.lease_renewals === 0;
  return end.how === "failed" && end.failure !== undefined && !hasState(end.failure) && end.failure.keptFile === "";
}

/** Returns Terraform's state after the build: empty if there is none anymore, undefined if the previous one stays. */
function stateLeftBy(job: Pick<Row<"provisioner_jobs">, "input">, end: BuildEnd): SentState | undefined {
  if (isOrphan(job) && end.how !== "completed") return undefined;
  switch (end.how) {
    case "completed":
    case "refused":
      // What Terraform built exists, whether or not the server accepts the result.
      return end.outcome;
    case "failed":
      // On the wire an absent state and an empty one look the same, so neither may erase the stored state.
      return end.failure === undefined || !hasState(end.failure) ? undefined : end.failure;
    case "given_up":
      return undefined;
    default:
      throw new Error(`unknown end ${JSON.stringify(end satisfies never)}`);
  }
}
