/** Checks a request for a new version, and reads it. */
import type { CreateTemplateVersionRequest, VariableValue } from "#sdk/template-versions.ts";
import { isJson } from "#tfstate/json-source.ts";
import type { ProvisionerType } from "../database/tables/provisioning.ts";
import { InvalidInputError } from "../errors.ts";
import { FileId, type OrganizationId, TemplateId, type UserId } from "../ids.ts";
import { firstRepeated } from "../input/first-repeated.ts";
import { givenId } from "../input/given-id.ts";
import { FieldChecks } from "../input/names.ts";
import { requireValuesToFit } from "../input/values.ts";

export interface NewTemplateVersion {
  readonly organizationId: OrganizationId;
  readonly templateId?: TemplateId;
  readonly fileId: FileId;
  readonly provisioner: ProvisionerType;
  /** Absent: a random one. */
  readonly name?: string;
  readonly message?: string;
  /** Tags of the request; the server adds `scope` and `owner`. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly userVariableValues?: readonly VariableValue[];
  /** Names of variables that go back to the template's defaults. */
  readonly userVariableDefaults?: readonly string[];
  /** Ignored unless the server itself acts: then the user in whose name. */
  readonly createdBy?: UserId;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Go clients send the all-zero ID for a field that they leave out. @throws InvalidInputError */
export function parseVersionRequest(organizationId: OrganizationId, request: CreateTemplateVersionRequest): NewTemplateVersion {
  const fileId = givenId(request.file_id);
  const templateId = givenId(request.template_id);
  const { name = "", message = "", example_id: exampleId = "" } = request;
  if (exampleId !== "" && fileId === undefined)
    throw new InvalidInputError(`${JSON.stringify(exampleId.slice(0, 64))} is not a template example of this server`, [
      { field: "example_id", detail: "This server has no such template example." },
    ]);
  if ((exampleId !== "") === (fileId !== undefined)) throw new InvalidInputError("exactly one of file_id and example_id is required");
  const checks = new FieldChecks();
  if (name !== "") checks.templateVersionName("name", name);
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) checks.add("message", "A message can have at most 1 MiB.");
  const { user_variable_values: values = [], user_variable_defaults: defaults = [] } = request;
  const twice = firstRepeated([...values.map((one) => one.name), ...defaults]);
  if (twice !== undefined)
    checks.add(
      "user_variable_values",
      `The variable ${JSON.stringify(twice.slice(0, 64))} occurs twice; give it one value, or its default.`,
    );
  for (const { name: variable, value, format } of values)
    if (format === "json" && !isJson(value))
      checks.add("user_variable_values", `The value of ${JSON.stringify(variable.slice(0, 64))} is not valid JSON.`);
  checks.done();
  requireValuesToFit("user_variable_values", values);
  return {
    organizationId,
    fileId: FileId.parse(fileId ?? ""),
    provisioner: request.provisioner,
    ...(templateId !== undefined && { templateId: TemplateId.parse(templateId) }),
    ...(name !== "" && { name }),
    message,
    tags: request.tags ?? {},
    userVariableValues: values,
    userVariableDefaults: defaults,
  };
}
