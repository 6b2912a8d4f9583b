/** The list of users, with its filter as SQL. */
import { type Expression, type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { User } from "../access/person-rows.ts";
import type { Database } from "../database/database.ts";
import type { Dialect } from "../database/migrations/column-types.ts";
import { notInList, paged } from "../database/paging.ts";
import type { LoginType, UserStatus } from "../database/tables/people.ts";
import type { Tables } from "../database/tables.ts";
import { containsText, isOneOf, listsAny } from "../database/text-search.ts";
import type { UserId } from "../ids.ts";
import { selectUsers, withOrganizations } from "./user-rows.ts";

/** A field that is left out does not limit the list. Times are inclusive. */
export interface UserFilter {
  /** Part of the username, the name or the email address, in any letter case. */
  readonly search?: string;
  /** The only user whose email address `search` looks at. Default: everybody's. */
  readonly onlyFoundByEmail?: string | undefined;
  /** Part of the name. */
  readonly name?: string;
  readonly status?: readonly UserStatus[];
  /** At least one of these site roles; everybody has `member`. */
  readonly roles?: readonly string[];
  readonly loginTypes?: readonly LoginType[];
  /** Users who were never seen match too. */
  readonly lastSeenBefore?: Date;
  readonly lastSeenAfter?: Date;
  readonly createdBefore?: Date;
  readonly createdAfter?: Date;
  /** Set if the filter asks for a kind of user that this server does not have, such as service accounts. */
  readonly isNobody?: boolean;
  readonly limit?: number;
  readonly offset?: number;
  /** The list starts after this user. */
  readonly afterId?: UserId;
}

/**
 * Sorts by username. `count` is the number of matches before limit and offset.
 *
 * @param isShown limits `users` to those that may be listed
 * @throws InvalidInputError if `afterId` is not in the list
 */
export async function selectUserList(
  { db, dialect }: Pick<Database, "db" | "dialect">,
  isShown: Expression<SqlBool>,
  filter: UserFilter,
): Promise<{ users: User[]; count: number }> {
  const { afterId } = filter;
  const where = sql<SqlBool>`${sql.join([isShown, ...conditions(dialect, filter)], sql` and `)}`;
  const after = afterId === undefined ? undefined : await placeOf(db, afterId, where);
  const list = selectUsers(db)
    .where(where)
    .$if(after !== undefined, (q) => q.where(sql<SqlBool>`lower(users.username) > ${after}`))
    .orderBy((eb) => eb.fn("lower", ["users.username"]));
  const rows = await paged(list, filter).execute();
  const { count } = await db
    .selectFrom("users")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("users.deleted", "=", false)
    .where(where)
    .executeTakeFirstOrThrow();
  return { users: await withOrganizations(db, rows), count };
}

function conditions(dialect: Dialect, filter: UserFilter): RawBuilder<SqlBool>[] {
  const { search, name, status, roles, loginTypes, lastSeenBefore, lastSeenAfter, createdBefore, createdAfter, isNobody } = filter;
  const found: RawBuilder<SqlBool>[] = [];
  if (search !== undefined && search !== "") found.push(isFoundBy(dialect, search, filter.onlyFoundByEmail));
  if (name !== undefined && name !== "") found.push(containsText(dialect, "users.name", name));
  if (status !== undefined) found.push(isOneOf("users.status", status));
  if (loginTypes !== undefined) found.push(isOneOf("users.login_type", loginTypes));
  if (roles !== undefined && !roles.includes("member")) found.push(listsAny(dialect, "users.rbac_roles", roles));
  if (lastSeenBefore !== undefined) found.push(sql`(users.last_seen_at is null or users.last_seen_at <= ${lastSeenBefore})`);
  if (lastSeenAfter !== undefined) found.push(sql`users.last_seen_at >= ${lastSeenAfter}`);
  if (createdBefore !== undefined) found.push(sql`users.created_at <= ${createdBefore}`);
  if (createdAfter !== undefined) found.push(sql`users.created_at >= ${createdAfter}`);
  if (isNobody === true) found.push(sql`false`);
  return found;
}

/** Whether a user's names or email address contain the text, in any letter case. @param onlyByEmail the only user whose address counts */
export function isFoundBy(dialect: Dialect, search: string, onlyByEmail: string | undefined): RawBuilder<SqlBool> {
  const has = (column: string) => containsText(dialect, column, search);
  const email = onlyByEmail === undefined ? has("users.email") : sql`(users.id = ${onlyByEmail} and ${has("users.email")})`;
  return sql`(${has("users.username")} or ${has("users.name")} or ${email})`;
}

async function placeOf(db: Kysely<Tables>, id: UserId, where: RawBuilder<SqlBool>): Promise<string> {
  const row = await db
    .selectFrom("users")
    .select((eb) => eb.fn<string>("lower", ["users.username"]).as("place"))
    .where("users.deleted", "=", false)
    .where("users.id", "=", id)
    .where(where)
    .executeTakeFirst();
  if (row === undefined) throw notInList();
  return row.place;
}
