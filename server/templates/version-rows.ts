/** Rows of template versions. Nothing is decided here. */
import type { Expression, Kysely, SqlBool } from "kysely";
import { paged } from "../database/paging.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import type { JobId, TemplateId, TemplateVersionId } from "../ids.ts";

type Db = Kysely<Tables>;
type VersionRow = Row<"template_versions">;

function selectVersions(db: Kysely<Tables>) {
  return db
    .selectFrom("template_versions as version")
    .innerJoin("users as creator", "creator.id", "version.created_by")
    .leftJoin("templates as template", "template.id", "version.template_id")
    .selectAll("version")
    .select([
      "creator.username as created_by_username",
      "creator.name as created_by_name",
      "creator.avatar_url as created_by_avatar_url",
      "template.user_acl as template_user_acl",
      "template.group_acl as template_group_acl",
      "template.name as template_name",
      "template.display_name as template_display_name",
      "template.icon as template_icon",
    ]);
}

/** A version, who created it, and whom its template is shared with. */
export type SelectedVersion = Awaited<ReturnType<ReturnType<typeof selectVersions>["execute"]>>[number];

export function findVersion(db: Db, id: TemplateVersionId): Promise<SelectedVersion | undefined> {
  return selectVersions(db).where("version.id", "=", id).executeTakeFirst();
}

/** The name matches in any letter case. */
export function findVersionByName(db: Db, templateId: TemplateId, name: string): Promise<SelectedVersion | undefined> {
  return selectVersions(db)
    .where("version.template_id", "=", templateId)
    .where((eb) => eb(eb.fn<string>("lower", ["version.name"]), "=", name.toLowerCase()))
    .executeTakeFirst();
}

/** Selects a template's versions, and of these the ones that may be shown. */
export function selectListed(
  db: Db,
  templateId: TemplateId,
  { isShown, includeArchived }: { readonly isShown: Expression<SqlBool>; readonly includeArchived: boolean },
) {
  return selectVersions(db)
    .where("version.template_id", "=", templateId)
    .where(isShown)
    .$if(!includeArchived, (q) => q.where("version.archived", "=", false));
}

export type Listed = ReturnType<typeof selectListed>;
/** The position of a version in the order of the list. */
type Place = Pick<VersionRow, "created_at" | "id">;

export interface Behind {
  /** Undefined: the list's beginning. */
  readonly behind: Place | undefined;
}

export function placeOf(listed: Listed, id: TemplateVersionId): Promise<Place | undefined> {
  return listed.where("version.id", "=", id).executeTakeFirst();
}

/** Oldest first. @param page.behind the page begins after this place */
export function findPage(
  listed: Listed,
  {
    behind,
    limit,
    offset,
  }: { readonly behind: Place | undefined; readonly limit?: number | undefined; readonly offset?: number | undefined },
): Promise<SelectedVersion[]> {
  let page = paged(listed, { limit, offset });
  if (behind !== undefined)
    page = page.where((eb) => eb(eb.refTuple("version.created_at", "version.id"), ">", eb.tuple(behind.created_at, behind.id)));
  return page.orderBy("version.created_at").orderBy("version.id").execute();
}

export function findVersionRow(db: Db, id: TemplateVersionId): Promise<VersionRow | undefined> {
  return db.selectFrom("template_versions").selectAll().where("id", "=", id).executeTakeFirst();
}

export function getVersionRow(db: Db, id: TemplateVersionId): Promise<VersionRow> {
  return db.selectFrom("template_versions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

export function insertVersionRow(db: Db, version: NewRow<"template_versions">): Promise<VersionRow> {
  return db.insertInto("template_versions").values(version).returningAll().executeTakeFirstOrThrow();
}

export function updateVersionRow(db: Db, id: TemplateVersionId, set: RowPatch<"template_versions">): Promise<VersionRow> {
  return db.updateTable("template_versions").set(set).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
}

/** Assigns a version that belongs to no template to this one. @returns false if it already belongs to one */
export async function takeVersion(db: Db, id: TemplateVersionId, templateId: TemplateId, at: Date): Promise<boolean> {
  const taken = await db
    .updateTable("template_versions")
    .set({ template_id: templateId, updated_at: at })
    .where("id", "=", id)
    .where("template_id", "is", null)
    .returning("id")
    .executeTakeFirst();
  return taken !== undefined;
}

/** Returns how the import of a version ended, or its current status. */
export function getImport(db: Db, jobId: JobId): Promise<Pick<Row<"provisioner_jobs">, "job_status" | "error">> {
  return db.selectFrom("provisioner_jobs").select(["job_status", "error"]).where("id", "=", jobId).executeTakeFirstOrThrow();
}
