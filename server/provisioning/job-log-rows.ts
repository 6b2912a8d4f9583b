import type { Kysely } from "kysely";
import { paged } from "../database/paging.ts";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import type { JobId } from "../ids.ts";

export type JobLog = Row<"provisioner_job_logs">;

/** The number of rows per statement: databases limit the number of values in one. */
const CHUNK = 500;

export async function insertJobLogRows(db: Kysely<Tables>, rows: readonly NewRow<"provisioner_job_logs">[]): Promise<void> {
  for (let at = 0; at < rows.length; at += CHUNK)
    await db
      .insertInto("provisioner_job_logs")
      .values(rows.slice(at, at + CHUNK))
      .execute();
}

/** Returns the lines with IDs above `after`, in order. @param most default: all */
export function findJobLogs(db: Kysely<Tables>, id: JobId, after: number, most?: number): Promise<JobLog[]> {
  const lines = db.selectFrom("provisioner_job_logs").selectAll().where("job_id", "=", id).where("id", ">", after).orderBy("id");
  return paged(lines, { limit: most }).execute();
}

/** Returns the stage of the last line, if there is one. */
export async function findLastStage(db: Kysely<Tables>, id: JobId): Promise<string | undefined> {
  const last = await db
    .selectFrom("provisioner_job_logs")
    .select("stage")
    .where("job_id", "=", id)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return last?.stage;
}
