/** Template versions: an uploaded archive, and what its import found. */

import { type Static, Type } from "typebox";
import { LIST_LIMITS, List, Text, TextMap } from "./limits.ts";
import { ProvisionerType } from "./provisioner-daemons.ts";
import { MatchedProvisioners, ProvisionerJob } from "./provisioner-jobs.ts";
import { DateTime, Uuid } from "./scalars.ts";
import { MinimalUser } from "./users.ts";

export const ProvisionerStorageMethod = Type.Enum(["file"]);
export type ProvisionerStorageMethod = Static<typeof ProvisionerStorageMethod>;

export const TemplateVersionWarning = Type.Enum(["UNSUPPORTED_WORKSPACES"]);
export type TemplateVersionWarning = Static<typeof TemplateVersionWarning>;

export const VariableValue = Type.Object({
  name: Text("name"),
  value: Text("value"),
  format: Type.Optional(
    Type.Enum(["text", "json"], {
      description:
        "How to read the value: `text`, the default, as Terraform reads TF_VAR_ variables, or `json`, as it reads .tfvars.json files, with null and every digit of a number.",
    }),
  ),
});
export type VariableValue = Static<typeof VariableValue>;

export const TemplateVersion = Type.Object({
  id: Uuid,
  template_id: Type.Optional(Uuid),
  organization_id: Type.Optional(Uuid),
  created_at: DateTime,
  updated_at: DateTime,
  name: Type.String(),
  message: Type.String(),
  job: ProvisionerJob,
  readme: Type.String(),
  created_by: MinimalUser,
  archived: Type.Boolean(),
  warnings: Type.Optional(Type.Array(TemplateVersionWarning)),
  matched_provisioners: Type.Optional(MatchedProvisioners),
  has_external_agent: Type.Boolean(),
});
export type TemplateVersion = Static<typeof TemplateVersion>;

export const CreateTemplateVersionRequest = Type.Object({
  name: Type.Optional(Text("name")),
  message: Type.Optional(Text("message")),
  template_id: Type.Optional(Uuid),
  storage_method: ProvisionerStorageMethod,
  file_id: Type.Optional(Uuid),
  example_id: Type.Optional(Text("name")),
  provisioner: ProvisionerType,
  tags: Type.Optional(TextMap("tags", "name")),
  user_variable_values: Type.Optional(List(VariableValue, "values")),
  user_variable_defaults: Type.Optional(
    Type.Array(Text("name"), {
      maxItems: LIST_LIMITS.values,
      description: "Names of variables that go back to the template's defaults, whatever was set for the active version.",
    }),
  ),
});
export type CreateTemplateVersionRequest = Static<typeof CreateTemplateVersionRequest>;

export const ValidationMonotonicOrder = Type.Enum(["decreasing", "increasing"]);
export type ValidationMonotonicOrder = Static<typeof ValidationMonotonicOrder>;

export const TemplateVersionParameterOption = Type.Object({
  name: Type.String(),
  description: Type.String(),
  value: Type.String(),
  icon: Type.String(),
});
export type TemplateVersionParameterOption = Static<typeof TemplateVersionParameterOption>;

export const ParameterType = Type.Enum(["string", "number", "bool", "list(string)"]);
export type ParameterType = Static<typeof ParameterType>;

export const ParameterFormType = Type.Enum([
  "",
  "radio",
  "dropdown",
  "input",
  "textarea",
  "slider",
  "checkbox",
  "switch",
  "tag-select",
  "multi-select",
  "error",
]);
export type ParameterFormType = Static<typeof ParameterFormType>;

export const TemplateVersionParameter = Type.Object({
  name: Type.String(),
  display_name: Type.Optional(Type.String()),
  description: Type.String(),
  description_plaintext: Type.String(),
  type: ParameterType,
  form_type: ParameterFormType,
  mutable: Type.Boolean(),
  default_value: Type.String(),
  icon: Type.String(),
  options: Type.Array(TemplateVersionParameterOption),
  validation_error: Type.Optional(Type.String()),
  validation_regex: Type.Optional(Type.String()),
  validation_min: Type.Optional(Type.Integer()),
  validation_max: Type.Optional(Type.Integer()),
  validation_monotonic: Type.Optional(ValidationMonotonicOrder),
  required: Type.Boolean(),
  ephemeral: Type.Boolean(),
});
export type TemplateVersionParameter = Static<typeof TemplateVersionParameter>;

export const TemplateVersionExternalAuth = Type.Object({
  id: Type.String(),
  type: Type.String(),
  display_name: Type.String(),
  display_icon: Type.String(),
  authenticate_url: Type.String(),
  authenticated: Type.Boolean(),
  optional: Type.Optional(Type.Boolean()),
});
export type TemplateVersionExternalAuth = Static<typeof TemplateVersionExternalAuth>;

export const TemplateVersionVariable = Type.Object({
  name: Type.String(),
  description: Type.String(),
  type: Type.Enum(["string", "number", "bool"]),
  value: Type.String(),
  default_value: Type.String(),
  is_set: Type.Boolean({ description: "Whether the value was set at a push. Otherwise it is the template's default." }),
  required: Type.Boolean(),
  sensitive: Type.Boolean(),
});
export type TemplateVersionVariable = Static<typeof TemplateVersionVariable>;
