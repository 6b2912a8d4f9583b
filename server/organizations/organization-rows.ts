/** Rows of organizations. Deleted organizations are not found, and nothing is decided here. */
import type { Expression, Kysely, SqlBool } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";

export type Organization = Row<"organizations">;

/** Where a decision about organizations finds its object. */
export const ORGANIZATION_OBJECT = { id: "organizations.id", organizationId: "organizations.id" } as const;

function selectOrganizations(db: Kysely<Tables>) {
  return db.selectFrom("organizations").selectAll().where("deleted", "=", false);
}

export function findOrganization(db: Kysely<Tables>, id: OrganizationId): Promise<Organization | undefined> {
  return selectOrganizations(db).where("id", "=", id).executeTakeFirst();
}

export function findDefaultOrganization(db: Kysely<Tables>): Promise<Organization | undefined> {
  return selectOrganizations(db).where("is_default", "=", true).executeTakeFirst();
}

/** The name matches in any letter case. */
export function findOrganizationByName(db: Kysely<Tables>, name: string): Promise<Organization | undefined> {
  return selectOrganizations(db)
    .where((eb) => eb(eb.fn<string>("lower", ["name"]), "=", name.toLowerCase()))
    .executeTakeFirst();
}

/** Sorted by name. @param isShown limits `organizations` to those that may be listed */
export function selectOrganizationList(db: Kysely<Tables>, isShown: Expression<SqlBool>): Promise<Organization[]> {
  return selectOrganizations(db).where(isShown).orderBy("name").execute();
}

/** Returns only organizations that a user is a member of. */
export function selectOrganizationsOf(db: Kysely<Tables>, userId: UserId, isShown: Expression<SqlBool>): Promise<Organization[]> {
  const memberships = db.selectFrom("organization_members").select("organization_id").where("user_id", "=", userId);
  return selectOrganizations(db).where(isShown).where("id", "in", memberships).orderBy("name").execute();
}

/** Nobody else can change it, or add rows that refer to it, until the transaction ends. @throws NotFoundError */
export async function lockedOrganization(
  { dialect }: Pick<Database, "dialect">,
  { db }: Pick<Tx, "db">,
  id: OrganizationId,
): Promise<Organization> {
  const row = await selectOrganizations(db)
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
  if (row === undefined) throw new NotFoundError("organization");
  return row;
}

/** @throws NameTakenError */
export function insertOrganizationRow(db: Kysely<Tables>, organization: NewRow<"organizations">): Promise<Organization> {
  return db.insertInto("organizations").values(organization).returningAll().executeTakeFirstOrThrow().catch(nameTaken(organization.name));
}

/** @throws NameTakenError */
export function updateOrganizationRow(
  db: Kysely<Tables>,
  before: Pick<Organization, "id" | "name">,
  set: RowPatch<"organizations">,
): Promise<Organization> {
  return db
    .updateTable("organizations")
    .set(set)
    .where("id", "=", before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch(nameTaken(set.name ?? before.name));
}

export async function holdsAny(db: Kysely<Tables>, id: OrganizationId, table: "workspaces" | "templates"): Promise<boolean> {
  const row = await db.selectFrom(table).select("id").where("organization_id", "=", id).where("deleted", "=", false).executeTakeFirst();
  return row !== undefined;
}

/** Marks it as deleted, and deletes its memberships. */
export async function deleteOrganizationRows(db: Kysely<Tables>, id: OrganizationId, at: Date): Promise<void> {
  await db.deleteFrom("organization_members").where("organization_id", "=", id).execute();
  await db.updateTable("organizations").set({ deleted: true, updated_at: at }).where("id", "=", id).execute();
}

function nameTaken(name: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof UniqueViolationError) throw new NameTakenError("organization", "name", name, { cause: error });
    throw error;
  };
}
