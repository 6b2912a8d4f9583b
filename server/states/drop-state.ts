import type { Database, Tx } from "../database/database.ts";
import type { StateId } from "../ids.ts";
import { deleteStateRow, isNamedByBuild, lockStateRow, updateStateRow } from "./rows.ts";

/** Deletes that take longer than this would hold up every other write on SQLite. */
export const PIECES_AT_ONCE = 16;

/**
 * Deletes a state that was superseded, unless a build still has it, in the transaction that superseded it. The pieces of a large one are
 * deleted soon after, a few at a time, by the sweep.
 */
export async function dropState(core: Pick<Database, "now" | "dialect">, { db }: Pick<Tx, "db">, id: StateId | null): Promise<void> {
  // Locked, because of two transactions that take it from the last two builds, each would leave it to the other.
  const row = id === null ? undefined : await lockStateRow(db, core.dialect, id);
  if (row === undefined || row.late_build_id !== null || (await isNamedByBuild(db, row.id))) return;
  if (row.piece_count <= PIECES_AT_ONCE) await deleteStateRow(db, row.id);
  else await updateStateRow(db, row.id, { status: "dropped", updated_at: core.now() });
}
