/** A version is checked as its template; one without is checked as a template that its organization does not have yet. */
import { type AuthzObject, templateObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { NotFoundError } from "../errors.ts";
import type { TemplateVersionId } from "../ids.ts";
import { type TemplateVersion, withJobs } from "./version-job-rows.ts";
import { findVersion, type SelectedVersion } from "./version-rows.ts";

export function versionObject(row: SelectedVersion): AuthzObject<"template"> {
  const { template_id: id, organization_id } = row;
  if (id === null) return templateObject({ organizationId: organization_id });
  return templateObjectOf({ id, organization_id, user_acl: row.template_user_acl ?? {}, group_acl: row.template_group_acl ?? {} });
}

/** @throws NotFoundError */
export function requireReadable({ guard }: Context, row: SelectedVersion | undefined): SelectedVersion {
  if (row === undefined) throw new NotFoundError("template version");
  guard.read(versionObject(row), "template version");
  return row;
}

/** @throws NotFoundError */
export async function readableVersion(context: Context, id: TemplateVersionId): Promise<SelectedVersion> {
  return requireReadable(context, await findVersion(context.db, id));
}

/** @throws NotFoundError for none */
export async function withJob(db: Context["db"], row: SelectedVersion | undefined): Promise<TemplateVersion> {
  const [version] = await withJobs(db, row === undefined ? [] : [row]);
  if (version === undefined) throw new NotFoundError("template version");
  return version;
}
