import type { Access } from "../access/access.ts";
import { InvalidInputError } from "../errors.ts";
import type { TemplateId, TemplateVersionId } from "../ids.ts";
import { getTemplate, getTemplateVersion, setActiveVersion } from "./queries.ts";

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
