/** Rows of memberships with their users. Nothing is decided here. */
import { type Expression, type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { Dialect } from "../database/migrations/column-types.ts";
import { paged } from "../database/paging.ts";
import type { Row, Tables } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { isFoundBy } from "../people/user-list-rows.ts";

export type OrganizationMember = Row<"organization_members"> &
  Pick<Row<"users">, "username" | "name" | "email" | "avatar_url" | "status" | "login_type" | "last_seen_at"> & {
    readonly global_roles: readonly string[];
    readonly user_created_at: Date;
    readonly user_updated_at: Date;
  };

/** A field that is left out does not narrow the list. */
export interface MemberFilter {
  /** Part of the username, the name or the email address, in any letter case. */
  readonly search?: string;
  /** The only user whose email address `search` looks at. Default: everybody's. */
  readonly onlyFoundByEmail?: string | undefined;
  readonly userId?: UserId;
  /** Set if the filter asks for a kind of user that this server does not have, such as one who signs in with GitHub. */
  readonly isNobody?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

function selectMembers(db: Kysely<Tables>) {
  return db
    .selectFrom("organization_members")
    .innerJoin("users", "users.id", "organization_members.user_id")
    .where("users.deleted", "=", false)
    .selectAll("organization_members")
    .select(["users.username", "users.name", "users.email", "users.avatar_url", "users.status", "users.login_type", "users.last_seen_at"])
    .select(["users.rbac_roles as global_roles", "users.created_at as user_created_at", "users.updated_at as user_updated_at"]);
}

const byUsername = sql`lower(users.username)`;

export function findMember(db: Kysely<Tables>, organizationId: OrganizationId, userId: UserId): Promise<OrganizationMember | undefined> {
  return selectMembers(db)
    .where("organization_members.organization_id", "=", organizationId)
    .where("organization_members.user_id", "=", userId)
    .executeTakeFirst();
}

/** Conditions on `users` and `organization_members`, each of which limits a list to members that may be in it. */
type Shown = readonly [Expression<SqlBool>, ...Expression<SqlBool>[]];

/** Sorted by username. */
export function selectMemberList(
  { db, dialect }: Pick<Database, "db" | "dialect">,
  organizationId: OrganizationId,
  shown: Shown,
  filter: MemberFilter,
): Promise<OrganizationMember[]> {
  return paged(
    selectMembers(db)
      .where(matching(dialect, organizationId, shown, filter))
      .orderBy(byUsername),
    filter,
  ).execute();
}

/** Counts all matches, whatever the limit and the offset. */
export async function countMembers(
  { db, dialect }: Pick<Database, "db" | "dialect">,
  organizationId: OrganizationId,
  shown: Shown,
  filter: MemberFilter,
): Promise<number> {
  const { count } = await db
    .selectFrom("organization_members")
    .innerJoin("users", "users.id", "organization_members.user_id")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where(matching(dialect, organizationId, shown, filter))
    .executeTakeFirstOrThrow();
  return count;
}

function matching(dialect: Dialect, organizationId: OrganizationId, shown: Shown, filter: MemberFilter): RawBuilder<SqlBool> {
  const { search = "", userId, isNobody } = filter;
  const found = [sql`users.deleted = false`, sql`organization_members.organization_id = ${organizationId}`, ...shown];
  if (search !== "") found.push(isFoundBy(dialect, search, filter.onlyFoundByEmail));
  if (userId !== undefined) found.push(sql`users.id = ${userId}`);
  if (isNobody === true) found.push(sql`false`);
  return sql<SqlBool>`${sql.join(found, sql` and `)}`;
}

/** Nobody else can change this membership until the transaction ends. @throws NotFoundError */
export async function lockedMember(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  organizationId: OrganizationId,
  userId: UserId,
): Promise<OrganizationMember> {
  await db
    .selectFrom("organization_members")
    .select("user_id")
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", userId)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .execute();
  const row = await findMember(db, organizationId, userId);
  if (row === undefined) throw new NotFoundError("organization member");
  return row;
}

export async function updateMemberRoles(
  db: Kysely<Tables>,
  { organization_id, user_id }: Pick<OrganizationMember, "organization_id" | "user_id">,
  set: Pick<OrganizationMember, "roles" | "updated_at">,
): Promise<void> {
  await db
    .updateTable("organization_members")
    .set(set)
    .where("organization_id", "=", organization_id)
    .where("user_id", "=", user_id)
    .execute();
}

export async function deleteMemberRow(db: Kysely<Tables>, organizationId: OrganizationId, userId: UserId): Promise<void> {
  await db.deleteFrom("organization_members").where("organization_id", "=", organizationId).where("user_id", "=", userId).execute();
}

export async function ownsWorkspacesIn(db: Kysely<Tables>, organizationId: OrganizationId, userId: UserId): Promise<boolean> {
  const owned = await db
    .selectFrom("workspaces")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("owner_id", "=", userId)
    .where("deleted", "=", false)
    .executeTakeFirst();
  return owned !== undefined;
}
