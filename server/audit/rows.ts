import type { Kysely } from "kysely";
import type { NewRow, Tables } from "../database/tables.ts";

export async function insertEntry(db: Kysely<Tables>, entry: NewRow<"audit_logs">): Promise<void> {
  await db.insertInto("audit_logs").values(entry).execute();
}

/**
 * Deletes the oldest of the entries before a moment.
 *
 * @returns the number of deleted entries: fewer than `limit` if there are no more
 */
export async function deleteOldest(db: Kysely<Tables>, before: Date, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("audit_logs")
    .where("number", "in", (eb) =>
      eb.selectFrom("audit_logs").select("number").where("time", "<", before).orderBy("time").orderBy("number").limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
