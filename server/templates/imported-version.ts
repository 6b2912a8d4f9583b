import { templateObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import type { Row } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId, TemplateId, TemplateVersionId } from "../ids.ts";
import { getTemplateRow } from "./template-rows.ts";
import { findVersionRow, getImport } from "./version-rows.ts";
import { alreadyTaken, ofAnotherTemplate, requireImported } from "./version-rules.ts";

type Asking = Pick<Context, "guard">;
type Db = Context["db"];

/**
 * Checks that a version is free. Whoever may create templates in an organization may use any version there that has no template yet.
 *
 * @throws NotFoundError also for a version of a template that the caller may not read; InvalidInputError for one of any other template,
 *   JobNotCompletedError unless its import succeeded
 */
export async function requireFreeVersion(
  { guard }: Asking,
  db: Db,
  { organizationId, versionId }: { readonly organizationId: OrganizationId; readonly versionId: TemplateVersionId },
): Promise<void> {
  const version = await findVersionRow(db, versionId);
  if (version === undefined || version.organization_id !== organizationId) throw new NotFoundError("template version");
  if (version.template_id !== null) {
    guard.read(templateObjectOf(await getTemplateRow(db, version.template_id)), "template version");
    throw alreadyTaken();
  }
  requireImported(version, await getImport(db, version.job_id));
}

/**
 * Returns a version of this template, for which the caller has checked permissions. A version of an unreadable template counts as missing.
 *
 * @throws NotFoundError, InvalidInputError for a version of another template, JobNotCompletedError unless its import succeeded
 */
export async function importedVersionOf(
  { guard }: Asking,
  db: Db,
  templateId: TemplateId,
  id: TemplateVersionId,
): Promise<Row<"template_versions">> {
  const version = await findVersionRow(db, id);
  if (version === undefined) throw new NotFoundError("template version");
  if (version.template_id !== templateId) {
    const { template_id: otherId, organization_id: organizationId } = version;
    const other = otherId === null ? templateObject({ organizationId }) : templateObjectOf(await getTemplateRow(db, otherId));
    guard.read(other, "template version");
    throw ofAnotherTemplate();
  }
  requireImported(version, await getImport(db, version.job_id));
  return version;
}
