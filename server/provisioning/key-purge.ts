import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { findSpentKeys, removeKeyRow } from "./provisioner-key-rows.ts";

/** Removes deleted keys whose daemons hold no job anymore, with the rows of these daemons. */
export async function purgeKeys(core: Database): Promise<void> {
  for (const id of await findSpentKeys(core.db)) await core.write((tx) => removeKeyRow(tx.db, id));
}

/** Purges keys at the start and then periodically. Closing waits for the current purge. @param options.intervalMs default: a minute */
export function startKeyPurge(
  core: Database,
  { log, intervalMs = 60_000 }: { readonly log: Pick<Logger, "error">; readonly intervalMs?: number },
): AsyncDisposable {
  let round: Promise<void> | undefined;
  const purge = (): void => {
    round ??= purgeKeys(core)
      .catch((error: unknown) => log.error({ err: error }, "could not remove deleted provisioner keys"))
      .finally(() => {
        round = undefined;
      });
  };
  const timer = setInterval(purge, intervalMs);
  timer.unref();
  purge();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await round;
    },
  };
}
