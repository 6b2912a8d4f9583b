/** Rows that the rules about roles use: memberships, who owns the server, and what an organization gives its members. */
import type { Expression, Kysely, SqlBool } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import { listsAny } from "../database/text-search.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { OWNER } from "./role-rules.ts";

/** Where a decision about memberships finds its object. */
export const MEMBER_OBJECT = {
  id: "organization_members.user_id",
  ownerId: "organization_members.user_id",
  organizationId: "organization_members.organization_id",
} as const;

export async function isOrganization(db: Kysely<Tables>, id: OrganizationId): Promise<boolean> {
  const row = await db.selectFrom("organizations").select("id").where("id", "=", id).where("deleted", "=", false).executeTakeFirst();
  return row !== undefined;
}

/** Returns an organization that cannot be deleted until the transaction ends. */
export function heldOrganization(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  id: OrganizationId,
): Promise<Pick<Row<"organizations">, "id" | "default_member_roles"> | undefined> {
  return db
    .selectFrom("organizations")
    .select(["id", "default_member_roles"])
    .where("id", "=", id)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forKeyShare())
    .executeTakeFirst();
}

/** Finds another owner who is not suspended. */
export function findOtherOwner(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  id: UserId,
): Promise<{ id: UserId } | undefined> {
  return db
    .selectFrom("users")
    .select("id")
    .where("deleted", "=", false)
    .where("status", "<>", "suspended")
    .where("id", "<>", id)
    .where(listsAny(dialect, "users.rbac_roles", [OWNER]))
    .executeTakeFirst();
}

/** Returns the site roles of a user who is not deleted. */
export function findRolesOfUser(db: Kysely<Tables>, id: UserId): Promise<Pick<Row<"users">, "rbac_roles"> | undefined> {
  return db.selectFrom("users").select("rbac_roles").where("id", "=", id).where("deleted", "=", false).executeTakeFirst();
}

/** Returns a user's memberships with the roles in them, oldest first. @param where limits `organization_members` */
export function membershipsOf(
  db: Kysely<Tables>,
  userId: UserId,
  where?: Expression<SqlBool>,
): Promise<Pick<Row<"organization_members">, "organization_id" | "roles">[]> {
  const memberships = db.selectFrom("organization_members").select(["organization_id", "roles"]).where("user_id", "=", userId);
  return (where === undefined ? memberships : memberships.where(where)).orderBy("created_at").execute();
}

/** @throws UniqueViolationError for a user who is already a member */
export async function insertMembership(db: Kysely<Tables>, membership: NewRow<"organization_members">): Promise<void> {
  await db.insertInto("organization_members").values(membership).execute();
}
