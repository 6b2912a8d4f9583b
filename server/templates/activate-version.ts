import type { Access } from "../access/access.ts";
import { ruled } from "../access/ruled.ts";
import { InvalidInputError } from "../errors.ts";
import type { TemplateId, TemplateVersionId } from "../ids.ts";
import { changeTemplate } from "./change-template.ts";
import { importedVersionOf } from "./imported-version.ts";
import { getTemplateVersion } from "./read-template-versions.ts";
import { getTemplate } from "./read-templates.ts";
import { updateTemplateRow } from "./template-rows.ts";

/**
 * Makes a version the one that new workspaces get.
 *
 * @throws NotFoundError for template or version, InvalidInputError for a version of another template or an archived one
 */
export async function activateVersion(
  access: Access,
  templateId: TemplateId,
  versionId: TemplateVersionId,
): Promise<"activated" | "import_unfinished"> {
  const template = await getTemplate(access, templateId);
  const version = await getTemplateVersion(access, versionId);
  if (version.template_id !== template.id) throw new InvalidInputError("the version belongs to another template");
  if (version.archived) throw new InvalidInputError("the version is archived");
  if (version.job.job_status !== "succeeded") return "import_unfinished";
  await setActiveVersion(access, template.id, version.id);
  return "activated";
}

/** The version must be the template's own, imported with success, and not archived. */
export const setActiveVersion = ruled(
  "templates.setActiveVersion",
  async (context, id: TemplateId, versionId: TemplateVersionId): Promise<void> => {
    await changeTemplate(context, id, "update", async ({ db }) => {
      const version = await importedVersionOf(context, db, id, versionId);
      if (version.archived) throw new InvalidInputError("The template version is archived.");
      await updateTemplateRow(db, id, { active_version_id: versionId, updated_at: context.now() });
    });
  },
);
