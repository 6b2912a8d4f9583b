import { PIECE_BYTES } from "#tfstate/limits.ts";
import { StateScrubber } from "#tfstate/scrub-state.ts";
import type { Database, Tx } from "../database/database.ts";
import type { JobId, StateId, WorkspaceId } from "../ids.ts";
import { piecePurpose } from "./piece-purpose.ts";
import { insertStateRow, putPieceRow, type StateRow, updateStateRow } from "./rows.ts";
import { columnsOf, StateSum } from "./state-sum.ts";

/**
 * Stores a state that arrived in a message, in the caller's transaction, which also names it, without what must not be stored.
 *
 * @param old the state that it supersedes and that only one build has: a small one is overwritten in its place, which costs least
 * @returns the state's ID, which is that of `old` if it was overwritten, or if it already holds these bytes
 */
export async function putState(
  core: Database,
  { db }: Tx,
  { workspaceId, jobId, old }: { readonly workspaceId: WorkspaceId; readonly jobId: JobId | null; readonly old?: StateRow | undefined },
  bytes: Uint8Array,
): Promise<StateId> {
  const sum = new StateSum();
  const scrubber = new StateScrubber();
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = Uint8Array.from(bytes.subarray(at, at + PIECE_BYTES));
    scrubber.scrub(piece);
    sum.add(piece);
    pieces.push(piece);
    if (pieces.length > 1) await new Promise((resolve) => setImmediate(resolve));
  }
  const columns = columnsOf(sum.end());
  if (old?.sha256 != null && Buffer.compare(old.sha256, columns.sha256 ?? Buffer.alloc(0)) === 0) return old.id;

  const at = core.now();
  const set = { ...columns, job_id: jobId, piece_count: pieces.length, is_one_seal: false, is_scrubbed: true, updated_at: at };
  const isOverwritten = old !== undefined && old.piece_count === 1 && pieces.length === 1;
  const state = { id: isOverwritten ? old.id : core.newId<StateId>(), workspace_id: workspaceId };
  if (isOverwritten) await updateStateRow(db, state.id, set);
  else await insertStateRow(db, { ...state, ...set, status: "named", created_at: at });
  for (const [index, piece] of pieces.entries())
    await putPieceRow(db, { state_id: state.id, piece_index: index, data: core.encryption.seal(piecePurpose(state, index), piece) });
  return state.id;
}
