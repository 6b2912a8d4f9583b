import { StatusError } from "#proto/status.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { StateId } from "../ids.ts";
import { dropState } from "../states/drop-state.ts";
import { putState } from "../states/put-state.ts";
import { findStateWithUses, nameStateRow } from "../states/rows.ts";
import { updateBuildRow } from "./build-job-rows.ts";

/** A state as a daemon's call has it: in the call itself, or uploaded before. Both empty means that there is none. */
export interface SentState {
  readonly state: Uint8Array;
  readonly stateId: string;
}

type Build = Pick<Row<"workspace_builds">, "id" | "workspace_id" | "job_id" | "state_id">;

export function hasState({ state, stateId }: SentState): boolean {
  return state.length > 0 || stateId !== "";
}

/**
 * Makes a state the build's own, and deletes the one that it supersedes unless another build has that too.
 *
 * @throws StatusError FAILED_PRECONDITION if the call names a state that its job has not uploaded
 */
export async function storeState(core: Database, tx: Tx, build: Build, sent: SentState): Promise<void> {
  const old = build.state_id === null ? undefined : await findStateWithUses(tx.db, build.state_id);
  const isOwn = old?.uses === 1;
  const id = hasState(sent) ? await takeSentState(core, tx, build, sent, isOwn ? old : undefined) : null;
  if (id === build.state_id) return;
  await updateBuildRow(tx.db, build.id, { state_id: id, updated_at: core.now() });
  await dropState(core, tx, build.state_id);
}

/** Stores what the call contains, or names what was uploaded. @returns the state's ID, which nothing refers to yet */
export async function takeSentState(
  core: Database,
  tx: Tx,
  build: Build,
  { state, stateId }: SentState,
  old?: Parameters<typeof putState>[2]["old"],
): Promise<StateId> {
  const { workspace_id: workspaceId, job_id: jobId } = build;
  if (stateId === "") return putState(core, tx, { workspaceId, jobId, old }, state);
  const named = StateId.is(stateId) ? await nameStateRow(tx.db, StateId.parse(stateId), jobId) : undefined;
  // Not INVALID_ARGUMENT, which would end the job: its daemon can upload the state again.
  if (named === undefined)
    throw new StatusError("FAILED_PRECONDITION", `Terraform state ${stateId.slice(0, 64)} was not uploaded for this job, or too long ago`);
  return named.id;
}
