import type { StateBackend } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { Row } from "../database/tables.ts";
import { appendJobLogs } from "../provisioning/append-job-logs.ts";
import { hasAppliedBefore } from "./prepare-rows.ts";
import { findBackendRow, isBackendTaken, putBackendRow } from "./state-backend-rows.ts";
import { judgeBackend, sharedBackendText } from "./state-backend-rules.ts";

/**
 * Gives a backend to the build's workspace, which keeps it until it is deleted or its template has another one. The daemon asks before it
 * plans, so a refusal leaves everything as it is.
 *
 * @throws StatusError FAILED_PRECONDITION with a sentence for whoever mends the template
 */
export async function claimBackend(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  build: Row<"workspace_builds">,
  reported: StateBackend,
): Promise<void> {
  const hasApplied = await hasAppliedBefore(tx.db, build);
  const shared = (cause?: unknown) => new StatusError("FAILED_PRECONDITION", sharedBackendText(reported, { hasApplied }), { cause });
  const identity = Buffer.from(reported.identity);
  if (await isBackendTaken(tx.db, { identity, workspaceId: build.workspace_id })) throw shared();
  const earlier = await findBackendRow(tx.db, build.workspace_id);
  const verdict = judgeBackend({ reported, earlier, hasApplied, isKeptHere: build.state_id !== null });
  if (verdict.kind === "refused") throw new StatusError("FAILED_PRECONDITION", verdict.why);
  if (verdict.kind === "none") return;
  await putBackendRow(tx.db, {
    workspace_id: build.workspace_id,
    workspace_build_id: build.id,
    identity,
    type: reported.type,
    declared_at: reported.declaredAt,
    lineage: verdict.lineage,
    updated_at: core.now(),
  }).catch((error: unknown) => {
    // Another workspace got it in between.
    throw error instanceof UniqueViolationError ? shared(error) : error;
  });
  if (verdict.notice !== undefined)
    await appendJobLogs(core, tx, job, [
      { source: "provisioner", level: "warn", stage: "Planning Infrastructure", output: verdict.notice, created_at: core.now() },
    ]);
}
