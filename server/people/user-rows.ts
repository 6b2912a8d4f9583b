/** Rows of users, without a decision: for authentication, setup, and the queries that decide themselves. */
import type { Expression, Kysely, SqlBool } from "kysely";
import type { User } from "../access/person-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { NewRow, RowPatch, Tables } from "../database/tables.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";

export const USER_COLUMNS = [
  "id",
  "email",
  "username",
  "name",
  "avatar_url",
  "login_type",
  "status",
  "rbac_roles",
  "deleted",
  "created_at",
  "updated_at",
  "last_seen_at",
] as const satisfies (keyof Tables["users"])[];

/** Where a decision about users finds its object. */
export const USER_OBJECT = { id: "users.id", ownerId: "users.id" } as const;

export function selectUsers(db: Kysely<Tables>) {
  return db.selectFrom("users").select(USER_COLUMNS).where("deleted", "=", false);
}

/** Not deleted. */
export async function findUser(db: Kysely<Tables>, id: UserId): Promise<User | undefined> {
  const row = await selectUsers(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : (await withOrganizations(db, [row]))[0];
}

/** One of the users that meet a condition. A username matches in any letter case. @param where narrows `users` */
export async function findUserAmong(
  db: Kysely<Tables>,
  named: { readonly id: UserId } | { readonly username: string },
  where: Expression<SqlBool>,
): Promise<User | undefined> {
  const rows = await selectUsers(db)
    .where((eb) => ("id" in named ? eb("id", "=", named.id) : eb(eb.fn<string>("lower", ["username"]), "=", named.username.toLowerCase())))
    .where(where)
    .execute();
  return (await withOrganizations(db, rows))[0];
}

/** The site roles of one of the users that meet a condition. @param where narrows `users` */
export async function findSiteRoles(db: Kysely<Tables>, id: UserId, where: Expression<SqlBool>): Promise<readonly string[] | undefined> {
  return (await selectUsers(db).where("id", "=", id).where(where).executeTakeFirst())?.rbac_roles;
}

/**
 * Until the transaction ends, nobody else changes this user.
 *
 * @param against `changes` lets others add rows that point at the user; `all` waits for those who do, and makes later ones wait
 * @throws NotFoundError
 */
export async function lockedUser(
  { dialect }: Pick<Database, "dialect">,
  tx: Pick<Tx, "db">,
  id: UserId,
  against: "changes" | "all" = "changes",
): Promise<User> {
  await tx.db
    .selectFrom("users")
    .select("id")
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => (against === "all" ? q.forUpdate() : q.forNoKeyUpdate()))
    .execute();
  const user = await findUser(tx.db, id);
  if (user === undefined) throw new NotFoundError("user");
  return user;
}

export async function withOrganizations(db: Kysely<Tables>, rows: readonly Omit<User, "organization_ids">[]): Promise<User[]> {
  if (rows.length === 0) return [];
  const memberships = await db
    .selectFrom("organization_members")
    .select(["user_id", "organization_id"])
    .$if(rows.length < 100, (q) =>
      q.where(
        "user_id",
        "in",
        rows.map(({ id }) => id),
      ),
    )
    .orderBy("created_at")
    .execute();
  const byUser = Map.groupBy(memberships, ({ user_id }) => user_id);
  return rows.map((row) => ({ ...row, organization_ids: (byUser.get(row.id) ?? []).map(({ organization_id }) => organization_id) }));
}

/** @throws NameTakenError for `username` or `email` */
export async function insertUserRow(db: Kysely<Tables>, user: NewRow<"users">): Promise<void> {
  await db.insertInto("users").values(user).execute().catch(nameTaken(user));
}

/** @throws NameTakenError for `username` */
export async function updateUserRow(db: Kysely<Tables>, id: UserId, set: RowPatch<"users">): Promise<void> {
  await db.updateTable("users").set(set).where("id", "=", id).execute().catch(nameTaken(set));
}

/** For `catch`: says which of the values was taken, if that is what went wrong. */
function nameTaken(values: { readonly username?: string | undefined; readonly email?: string | undefined }): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UniqueViolationError)) throw error;
    const field = error.constraint.includes("email") ? "email" : "username";
    throw new NameTakenError("user", field, values[field] ?? "", { cause: error });
  };
}
