import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { startUpkeep } from "../database/upkeep.ts";
import { findSpentKeys, removeKeyRow } from "./provisioner-key-rows.ts";

/** Removes deleted keys whose daemons hold no job anymore, with the rows of these daemons. */
export async function purgeKeys(core: Database): Promise<void> {
  for (const id of await findSpentKeys(core.db)) await core.write((tx) => removeKeyRow(tx.db, id));
}

/** Purges keys now, and then every minute. Closing waits for the current purge. */
export function startKeyPurge(core: Database, { log }: { readonly log: Pick<Logger, "error"> }): AsyncDisposable {
  return startUpkeep(() => purgeKeys(core), {
    everyMs: 60_000,
    onError: (error) => log.error({ err: error }, "could not remove deleted provisioner keys"),
  });
}
