import { randomInt } from "node:crypto";
import { type AuthzObject, templateObject } from "#authz/object.ts";
import type { CreateTemplateVersionRequest } from "#sdk/template-versions.ts";
import type { Access } from "../access/access.ts";
import { actingUser } from "../access/acting-user.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { holdOrganization } from "../database/locks.ts";
import { NotFoundError } from "../errors.ts";
import { requireReadableFile } from "../files/read-file.ts";
import type { JobId, OrganizationId, TemplateId, TemplateVersionId } from "../ids.ts";
import { insertJob } from "../provisioning/insert-job.ts";
import { normalizeTags } from "../provisioning/tags.ts";
import { nameTaken } from "./name-taken.ts";
import { withJob } from "./readable-version.ts";
import { holdTemplate } from "./template-rows.ts";
import { versionEntry } from "./version-entry.ts";
import type { TemplateVersion } from "./version-job-rows.ts";
import { randomVersionName } from "./version-name.ts";
import { type NewTemplateVersion, parseVersionRequest } from "./version-request.ts";
import { findVersion, insertVersionRow } from "./version-rows.ts";

/**
 * Starts the import of an uploaded archive.
 *
 * @throws InvalidInputError, NameTakenError within the template, NotFoundError for the template or the file, ForbiddenError
 */
export async function createTemplateVersion(
  access: Access,
  organizationId: OrganizationId,
  request: CreateTemplateVersionRequest,
): Promise<TemplateVersion> {
  return insertTemplateVersion(access, parseVersionRequest(organizationId, request));
}

/** Does the same as {@link createTemplateVersion} for a request that was checked. */
export const insertTemplateVersion = ruled(
  "templateVersions.create",
  async (context, version: NewTemplateVersion): Promise<TemplateVersion> => {
    const { organizationId, templateId } = version;
    const id = context.newId<TemplateVersionId>();
    const name = version.name ?? randomVersionName((below) => randomInt(below));
    return context.write(async (tx) => {
      if (templateId === undefined) context.guard.requireOpenly("create", templateObject({ organizationId }));
      else context.guard.require("update", await heldTemplate(context, tx, templateId, organizationId), "template");
      await holdOrganization(context, tx, organizationId);
      await requireReadableFile(context, tx.db, version.fileId);
      const createdBy = actingUser(context, version.createdBy);
      const [jobId, at] = [context.newId<JobId>(), context.now()];
      await insertJob(context, tx, {
        id: jobId,
        organizationId,
        initiatorId: createdBy,
        type: "template_version_import",
        provisioner: version.provisioner,
        fileId: version.fileId,
        input: { template_version_id: id, template_id: templateId ?? null },
        secretInput: {
          user_variable_values: version.userVariableValues ?? [],
          user_variable_defaults: version.userVariableDefaults ?? [],
        },
        tags: normalizeTags(createdBy, version.tags ?? {}),
      });
      const made = await insertVersionRow(tx.db, {
        id,
        template_id: templateId ?? null,
        organization_id: organizationId,
        job_id: jobId,
        name,
        message: version.message ?? "",
        created_by: createdBy,
        external_auth_providers: [],
        created_at: at,
        updated_at: at,
      }).catch(nameTaken("template version", name));
      await audit(context, tx, { ...versionEntry(made, "create"), after: made, actor: { userId: createdBy } });
      // Whoever may create it may see the result.
      return withJob(tx.db, await findVersion(tx.db, id));
    });
  },
);

/** Nobody can delete the template, or change who may do what with it, until the transaction ends. */
async function heldTemplate(
  { dialect }: Context,
  { db }: Tx,
  id: TemplateId,
  organizationId: OrganizationId,
): Promise<AuthzObject<"template">> {
  const row = await holdTemplate(db, dialect, id, organizationId);
  if (row === undefined) throw new NotFoundError("template");
  return templateObjectOf(row);
}
