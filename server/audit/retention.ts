import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { deleteOldest } from "./rows.ts";

/** So many in one transaction: others must not wait long for SQLite's one writer. */
const BATCH = 1_000;
const HOUR_MS = 3_600_000;

/**
 * Deletes entries that are older than the retention, oldest first. An abort leaves the rest for the next time.
 *
 * @returns how many
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

/** Deletes at once, and then every hour. Closing waits for the batch under way. */
export function startAuditRetention(
  core: Database,
  { retentionMs, log }: { readonly retentionMs: number; readonly log: Pick<Logger, "info" | "error"> },
): AsyncDisposable {
  const closing = new AbortController();
  let round: Promise<void> | undefined;
  const look = (): void => {
    round ??= deleteOldEntries(core, retentionMs, closing.signal)
      .then(
        (deleted) => deleted > 0 && log.info({ deleted }, "deleted entries of the audit log that were older than its retention"),
        (error: unknown) => log.error({ err: error }, "deleting old entries of the audit log failed"),
      )
      .then(() => {
        round = undefined;
      });
  };
  look();
  const timer = setInterval(look, HOUR_MS);
  timer.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      closing.abort();
      await round;
    },
  };
}
