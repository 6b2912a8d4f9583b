import {
  ParameterFormType,
  ParameterType,
  type TemplateVersion as TemplateVersionJson,
  type TemplateVersionParameter as TemplateVersionParameterJson,
  type TemplateVersionVariable as TemplateVersionVariableJson,
  type ValidationMonotonicOrder,
} from "#sdk/template-versions.ts";
import { plainValue } from "#tfstate/json-source.ts";
import type { Row } from "../database/tables.ts";
import { minimalUserJson } from "../people/json.ts";
import { jobJson } from "../provisioning/job-json.ts";
import { matchedProvisionersJson } from "../provisioning/json.ts";
import type { MatchedDaemons } from "../provisioning/match-daemons.ts";
import type { TemplateVersion } from "./version-job-rows.ts";
import type { TemplateVersionVariable } from "./version-variables.ts";

/** @param matched the daemons that could take the import job, while it is still pending */
export function templateVersionJson(version: TemplateVersion, matched?: MatchedDaemons): TemplateVersionJson {
  return {
    id: version.id,
    ...(version.template_id !== null && { template_id: version.template_id }),
    organization_id: version.organization_id,
    created_at: version.created_at.toISOString(),
    updated_at: version.updated_at.toISOString(),
    name: version.name,
    message: version.message,
    job: jobJson(version.job),
    readme: version.readme,
    created_by: minimalUserJson({
      id: version.created_by,
      username: version.created_by_username,
      name: version.created_by_name,
      avatarUrl: version.created_by_avatar_url,
    }),
    archived: version.archived,
    ...(matched !== undefined && { matched_provisioners: matchedProvisionersJson(matched) }),
    has_external_agent: version.has_external_agent,
  };
}

export function templateVersionParameterJson(parameter: Row<"template_version_parameters">): TemplateVersionParameterJson {
  const monotonic = monotonicOrder(parameter.validation_monotonic);
  return {
    name: parameter.name,
    display_name: parameter.display_name,
    description: parameter.description,
    description_plaintext: plainText(parameter.description),
    type: parameterType(parameter.type),
    form_type: formType(parameter.form_type),
    mutable: parameter.mutable,
    default_value: parameter.default_value,
    icon: parameter.icon,
    options: parameter.options.map((option) => ({ ...option })),
    ...(parameter.validation_error !== "" && { validation_error: parameter.validation_error }),
    ...(parameter.validation_regex !== "" && { validation_regex: parameter.validation_regex }),
    ...(parameter.validation_min !== null && { validation_min: parameter.validation_min }),
    ...(parameter.validation_max !== null && { validation_max: parameter.validation_max }),
    ...(monotonic !== undefined && { validation_monotonic: monotonic }),
    required: parameter.required,
    ephemeral: parameter.ephemeral,
  };
}

function parameterType(stored: string): ParameterType {
  return ParameterType.enum.find((type) => type === stored) ?? "string";
}

function formType(stored: string): ParameterFormType {
  return ParameterFormType.enum.find((type) => type === stored) ?? "";
}

function monotonicOrder(stored: string): ValidationMonotonicOrder | undefined {
  return stored === "increasing" || stored === "decreasing" ? stored : undefined;
}

/** Longer texts would keep the server busy, because the patterns below take time quadratic in the length. */
const MARKDOWN_LIMIT = 4_096;

/** Descriptions are Markdown; terminals show the text of links, emphasis and code. */
function plainText(markdown: string): string {
  if (markdown.length > MARKDOWN_LIMIT) return markdown;
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|\*|`)(\S(?:[^\n]*?\S)?)\1/g, "$2")
    .replace(/^#{1,6} +/gm, "")
    .trim();
}

function shownValue({ value, source, default_value }: TemplateVersionVariable): string {
  return source === "default" ? default_value : source === "json" ? plainValue(value) : value;
}

/** The default of a sensitive variable is as sensitive as its value. */
export function templateVersionVariableJson(variable: TemplateVersionVariable): TemplateVersionVariableJson {
  const { sensitive } = variable;
  return {
    name: variable.name,
    description: variable.description,
    type: variable.type === "number" || variable.type === "bool" ? variable.type : "string",
    value: sensitive ? "" : shownValue(variable),
    default_value: sensitive ? "" : variable.default_value,
    is_set: variable.source !== "default",
    required: variable.required,
    sensitive,
  };
}
