import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { startUpkeep } from "../database/upkeep.ts";
import { PIECES_AT_ONCE } from "./drop-state.ts";
import { deletePieceRows, deleteStateRow, dropLeftoverState, findLeftoverState } from "./rows.ts";

/** How long a state that was sent waits for the call that names it. */
const UNNAMED_MS = 3_600_000;
const EVERY_MS = 60_000;

/**
 * Deletes dropped states, and those that were sent but never named, a few pieces in each transaction.
 *
 * @returns how many states it deleted
 */
export async function sweepStates(core: Database, signal: AbortSignal): Promise<number> {
  const before = new Date(core.now().getTime() - UNNAMED_MS);
  let swept = 0;
  while (!signal.aborted) {
    const id = await findLeftoverState(core.db, before);
    if (id === undefined) break;
    const isDone = await core.write(async (tx) => {
      if (!(await dropLeftoverState(tx.db, id, before))) return false;
      if ((await deletePieceRows(tx.db, id, PIECES_AT_ONCE)) === PIECES_AT_ONCE) return false;
      await deleteStateRow(tx.db, id);
      return true;
    });
    if (isDone) swept++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return swept;
}

/** Sweeps now, and then every minute. Closing waits for the transaction in progress. */
export function startStateSweep(core: Database, { log }: { readonly log: Pick<Logger, "info" | "error"> }): AsyncDisposable {
  return startUpkeep(
    async (signal) => {
      const swept = await sweepStates(core, signal);
      if (swept > 0) log.info({ swept }, "deleted Terraform states that nothing refers to");
    },
    { everyMs: EVERY_MS, onError: (error) => log.error({ err: error }, "cannot delete Terraform states that nothing refers to") },
  );
}
