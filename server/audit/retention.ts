import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { startUpkeep } from "../database/upkeep.ts";
import { deleteOldest } from "./rows.ts";

/** Entries deleted in one transaction: others must not wait long for SQLite's single writer. */
const BATCH = 1_000;
const HOUR_MS = 3_600_000;

/**
 * Deletes entries that are older than the retention, oldest first. After an abort, the rest is deleted the next time.
 *
 * @returns the number of deleted entries
 */
export async function deleteOldEntries(core: Database, retentionMs: number, signal: AbortSignal): Promise<number> {
  const before = new Date(core.now().getTime() - retentionMs);
  let deleted = 0;
  while (!signal.aborted) {
    const count = await core.write((tx) => deleteOldest(tx.db, before, BATCH));
    deleted += count;
    if (count < BATCH) break;
  }
  return deleted;
}

/** Deletes old entries now, and then every hour. Closing waits for the batch in progress. */
export function startAuditRetention(
  core: Database,
  { retentionMs, log }: { readonly retentionMs: number; readonly log: Pick<Logger, "info" | "error"> },
): AsyncDisposable {
  return startUpkeep(
    async (signal) => {
      const deleted = await deleteOldEntries(core, retentionMs, signal);
      if (deleted > 0) log.info({ deleted }, "deleted audit log entries older than the retention");
    },
    { everyMs: HOUR_MS, onError: (error) => log.error({ err: error }, "cannot delete old audit log entries") },
  );
}
