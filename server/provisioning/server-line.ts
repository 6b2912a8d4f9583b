import type { Database, Tx } from "../database/database.ts";
import type { LogLevel } from "../database/tables/provisioning.ts";
import type { Row } from "../database/tables.ts";
import { findLastStage } from "./job-log-rows.ts";
import { noteInJobLog } from "./note-in-job-log.ts";

/** Does what {@link noteInJobLog} does, under the stage that the log has reached. */
export async function addServerLine(
  core: Pick<Database, "now">,
  tx: Tx,
  { id }: Pick<Row<"provisioner_jobs">, "id">,
  line: { readonly level: LogLevel; readonly output: string },
): Promise<void> {
  const stage = (await findLastStage(tx.db, id)) ?? "Queued";
  await noteInJobLog(core, tx, id, { ...line, stage });
}
