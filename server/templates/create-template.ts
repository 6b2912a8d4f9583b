import { templateObject } from "#authz/object.ts";
import type { CreateTemplateRequest } from "#sdk/templates.ts";
import type { Access } from "../access/access.ts";
import { actingUser } from "../access/acting-user.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { holdOrganization } from "../database/locks.ts";
import type { ProvisionerType } from "../database/tables/provisioning.ts";
import { InvalidInputError } from "../errors.ts";
import { type OrganizationId, type TemplateId, TemplateVersionId, type UserId } from "../ids.ts";
import { requireFreeVersion } from "./imported-version.ts";
import { nameTaken } from "./name-taken.ts";
import { getTemplateVersion } from "./read-template-versions.ts";
import { templateEntry } from "./template-entry.ts";
import { checkTemplateRequest, settingsOf } from "./template-request.ts";
import { getStoredTemplate, insertTemplateRow, type Template, type TemplateSettings } from "./template-rows.ts";
import { takeVersion } from "./version-rows.ts";
import { alreadyTaken } from "./version-rules.ts";

/**
 * Creates a template from an imported version, which becomes its active one.
 *
 * @throws InvalidInputError, NameTakenError, NotFoundError for the version, JobNotCompletedError while its import has not succeeded
 */
export async function createTemplate(access: Access, organizationId: OrganizationId, request: CreateTemplateRequest): Promise<Template> {
  checkTemplateRequest(request);
  const version = await getTemplateVersion(access, TemplateVersionId.parse(request.template_version_id));
  if (version.template_id !== null || version.organization_id !== organizationId)
    throw new InvalidInputError("this template version belongs to another template", [
      { field: "template_version_id", detail: "Use a version that no template was created from." },
    ]);
  return insertTemplate(access, {
    organizationId,
    versionId: version.id,
    name: request.name,
    provisioner: version.job.provisioner,
    hiddenFromEveryone: request.disable_everyone_group_access ?? false,
    settings: settingsOf(request),
  });
}

interface NewTemplate {
  readonly organizationId: OrganizationId;
  /** Must be successfully imported, and belong to no template. It becomes the active one. */
  readonly versionId: TemplateVersionId;
  readonly name: string;
  readonly provisioner?: ProvisionerType;
  /** Default: false, so that members of the organization may read and use it. */
  readonly hiddenFromEveryone?: boolean;
  readonly settings?: TemplateSettings;
  /** Ignored unless the server itself acts: then the user in whose name. */
  readonly createdBy?: UserId;
}

/** Does the same as {@link createTemplate} for settings that were checked. */
export const insertTemplate = ruled("templates.create", async (context, template: NewTemplate): Promise<Template> => {
  const { organizationId, versionId, name, settings = {}, hiddenFromEveryone = false } = template;
  context.guard.requireOpenly("create", templateObject({ organizationId }));
  return context.write(async (tx) => {
    await holdOrganization(context, tx, organizationId);
    await requireFreeVersion(context, tx.db, { organizationId, versionId });
    const [id, at] = [context.newId<TemplateId>(), context.now()];
    await insertTemplateRow(tx.db, {
      ...settings,
      user_acl: settings.user_acl ?? {},
      group_acl: settings.group_acl ?? (hiddenFromEveryone ? {} : { [organizationId]: ["read", "use"] }),
      id,
      organization_id: organizationId,
      name,
      provisioner: template.provisioner ?? "terraform",
      active_version_id: versionId,
      created_by: actingUser(context, template.createdBy),
      created_at: at,
      updated_at: at,
    }).catch(nameTaken("template", name));
    if (!(await takeVersion(tx.db, versionId, id, at))) throw alreadyTaken();
    const made = await getStoredTemplate(tx.db, id);
    await audit(context, tx, { ...templateEntry(made, "create"), after: made, actor: { userId: made.created_by } });
    return made;
  });
});
