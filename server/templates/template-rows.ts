/** Rows of templates, without decisions. */
import type { Expression, Kysely, SqlBool } from "kysely";
import type { Dialect } from "../database/migrations/column-types.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import type { OrganizationId, TemplateId } from "../ids.ts";

type Db = Kysely<Tables>;

export type Template = Row<"templates"> & {
  readonly organization_name: string;
  readonly organization_display_name: string;
  readonly organization_icon: string;
  readonly created_by_username: string;
};

/** Columns that a caller may set. Absent ones stay as they are; in a new template they have their default. */
export type TemplateSettings = Omit<
  RowPatch<"templates">,
  "id" | "organization_id" | "provisioner" | "active_version_id" | "created_by" | "deleted" | "created_at" | "updated_at"
>;

function selectTemplates(db: Db) {
  return db
    .selectFrom("templates as template")
    .innerJoin("organizations as organization", "organization.id", "template.organization_id")
    .innerJoin("users as creator", "creator.id", "template.created_by")
    .selectAll("template")
    .select([
      "organization.name as organization_name",
      "organization.display_name as organization_display_name",
      "organization.icon as organization_icon",
      "creator.username as created_by_username",
    ]);
}

/** Deleted ones too. */
export function findTemplate(db: Db, id: TemplateId): Promise<Template | undefined> {
  return selectTemplates(db).where("template.id", "=", id).executeTakeFirst();
}

/** As {@link findTemplate}, for one that must exist. */
export function getStoredTemplate(db: Db, id: TemplateId): Promise<Template> {
  return selectTemplates(db).where("template.id", "=", id).executeTakeFirstOrThrow();
}

/** As {@link findTemplate}. Nobody else can change or delete the template until the transaction ends. */
export function findTemplateToChange(db: Db, dialect: Dialect, id: TemplateId): Promise<Template | undefined> {
  return selectTemplates(db)
    .where("template.id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate("template"))
    .executeTakeFirst();
}

/** Without deleted ones; in any letter case. */
export function findTemplateByName(db: Db, organizationId: OrganizationId, name: string): Promise<Template | undefined> {
  return selectTemplates(db)
    .where("template.organization_id", "=", organizationId)
    .where("template.deleted", "=", false)
    .where((eb) => eb(eb.fn<string>("lower", ["template.name"]), "=", name.toLowerCase()))
    .executeTakeFirst();
}

export interface TemplateFilter {
  readonly organizationId?: OrganizationId;
  /** In any letter case. */
  readonly exactName?: string;
}

/** By name; without deleted ones. */
export function findTemplates(db: Db, isShown: Expression<SqlBool>, { organizationId, exactName }: TemplateFilter): Promise<Template[]> {
  return selectTemplates(db)
    .where("template.deleted", "=", false)
    .where(isShown)
    .where((eb) =>
      eb.and([
        ...(organizationId === undefined ? [] : [eb("template.organization_id", "=", organizationId)]),
        ...(exactName === undefined ? [] : [eb(eb.fn<string>("lower", ["template.name"]), "=", exactName.toLowerCase())]),
      ]),
    )
    .orderBy("template.name")
    .execute();
}

/** A template's own columns. Deleted ones too. */
export function getTemplateRow(db: Db, id: TemplateId): Promise<Row<"templates">> {
  return db.selectFrom("templates").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/**
 * Without deleted ones. Nobody can delete the template, or change who may do what with it, until the transaction ends; others may hold it
 * too.
 */
export function holdTemplate(
  db: Db,
  dialect: Dialect,
  id: TemplateId,
  organizationId: OrganizationId,
): Promise<Row<"templates"> | undefined> {
  return db
    .selectFrom("templates")
    .selectAll()
    .where("id", "=", id)
    .where("organization_id", "=", organizationId)
    .where("deleted", "=", false)
    .$if(dialect === "postgres", (q) => q.forShare())
    .executeTakeFirst();
}

export async function insertTemplateRow(db: Db, template: NewRow<"templates">): Promise<void> {
  await db.insertInto("templates").values(template).execute();
}

export async function updateTemplateRow(db: Db, id: TemplateId, set: RowPatch<"templates">): Promise<void> {
  await db.updateTable("templates").set(set).where("id", "=", id).execute();
}

export async function hasWorkspaces(db: Db, id: TemplateId): Promise<boolean> {
  const row = await db.selectFrom("workspaces").select("id").where("template_id", "=", id).where("deleted", "=", false).executeTakeFirst();
  return row !== undefined;
}
