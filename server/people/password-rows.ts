import type { Expression, Kysely, SqlBool } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

/** The whole row, with the hash of the password; not deleted. @param where narrows `users` */
export function findUserWithPassword(db: Kysely<Tables>, id: UserId, where?: Expression<SqlBool>): Promise<Row<"users"> | undefined> {
  const user = db.selectFrom("users").selectAll().where("deleted", "=", false).where("id", "=", id);
  return (where === undefined ? user : user.where(where)).executeTakeFirst();
}

/** @returns false, having written nothing, when the stored password is not `before`'s any more, or the user is deleted */
export async function replacePassword(
  db: Kysely<Tables>,
  before: Pick<Row<"users">, "id" | "hashed_password">,
  set: Pick<Row<"users">, "hashed_password" | "updated_at">,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("users")
    .set(set)
    .where("id", "=", before.id)
    .where("deleted", "=", false)
    .where("hashed_password", "=", before.hashed_password)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
