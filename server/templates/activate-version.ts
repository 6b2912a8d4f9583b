import type { StoreView } from "../access/store.ts";
import { InvalidInputError } from "../errors.ts";
import type { TemplateId, TemplateVersionId } from "../ids.ts";

/**
 * Makes a version the one that new workspaces get.
 *
 * @throws NotFoundError for template or version, InvalidInputError for a version of another template or an archived one
 */
export async function activateVersion(
  view: Pick<StoreView, "templates" | "templateVersions">,
  templateId: TemplateId,
  versionId: TemplateVersionId,
): Promise<"activated" | "import_unfinished"> {
  const template = await view.templates.get(templateId);
  const version = await view.templateVersions.get(versionId);
  if (version.template_id !== template.id) throw new InvalidInputError("the version belongs to another template");
  if (version.archived) throw new InvalidInputError("the version is archived");
  if (version.job.job_status !== "succeeded") return "import_unfinished";
  await view.templates.setActiveVersion(template.id, version.id);
  return "activated";
}
