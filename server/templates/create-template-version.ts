import { ZERO_UUID } from "#sdk/scalars.ts";
import type { CreateTemplateVersionRequest } from "#sdk/template-versions.ts";
import type { Access } from "../access/access.ts";
import { InvalidInputError } from "../errors.ts";
import { FileId, type OrganizationId, TemplateId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { insertTemplateVersion } from "./queries.ts";
import type { TemplateVersion } from "./template-versions.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Starts the import of an uploaded archive. Go clients send the all-zero id for one that they leave out. */
export async function createTemplateVersion(
  access: Access,
  organizationId: OrganizationId,
  request: CreateTemplateVersionRequest,
): Promise<TemplateVersion> {
  const fileId = given(request.file_id);
  const templateId = given(request.template_id);
  const { name = "", message = "", example_id: exampleId = "" } = request;
  if (exampleId !== "" && fileId === undefined)
    throw new InvalidInputError(`there is no template example ${JSON.stringify(exampleId.slice(0, 64))}`, [
      { field: "example_id", detail: "No such example." },
    ]);
  if ((exampleId !== "") === (fileId !== undefined)) throw new InvalidInputError("exactly one of file_id and example_id is needed");
  const checks = new FieldChecks();
  if (name !== "") checks.templateVersionName("name", name);
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) checks.add("message", "A message has at most 1 MiB.");
  checks.done();
  return insertTemplateVersion(access, {
    organizationId,
    fileId: FileId.parse(fileId ?? ""),
    provisioner: request.provisioner,
    ...(templateId !== undefined && { templateId: TemplateId.parse(templateId) }),
    ...(name !== "" && { name }),
    message,
    tags: request.tags ?? {},
    userVariableValues: request.user_variable_values ?? [],
  });
}

function given(id: string | undefined): string | undefined {
  return id === undefined || id === "" || id === ZERO_UUID ? undefined : id;
}
