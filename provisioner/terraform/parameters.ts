import { create } from "@bufbuild/protobuf";
import { ParameterFormType, type Preset, PresetSchema, type RichParameter, RichParameterSchema } from "#proto/gen/provisioner_pb.js";
import { attributesOf } from "./agents.ts";
import { type Attributes, ConversionError } from "./attributes.ts";
import type { ResourceInstance } from "./state.ts";

const FORM_TYPES: ReadonlyMap<string, ParameterFormType> = new Map([
  ["", ParameterFormType.DEFAULT],
  ["error", ParameterFormType.FORM_ERROR],
  ["radio", ParameterFormType.RADIO],
  ["dropdown", ParameterFormType.DROPDOWN],
  ["input", ParameterFormType.INPUT],
  ["textarea", ParameterFormType.TEXTAREA],
  ["slider", ParameterFormType.SLIDER],
  ["checkbox", ParameterFormType.CHECKBOX],
  ["switch", ParameterFormType.SWITCH],
  ["tag-select", ParameterFormType.TAGSELECT],
  ["multi-select", ParameterFormType.MULTISELECT],
]);

/**
 * Converts the `coder_parameter` data sources, in the order of the walk.
 *
 * @throws ConversionError that names parameters that are declared twice
 */
export function convertParameters(all: readonly ResourceInstance[]): RichParameter[] {
  const parameters = dataOf(all, "coder_parameter").map(readParameter);
  const twice = duplicates(parameters.map(({ name }) => name));
  if (twice.length > 0) throw new ConversionError(`coder_parameter names must be unique; these are used more than once: ${list(twice)}`);
  return parameters;
}

function readParameter(instance: ResourceInstance): RichParameter {
  const from = attributesOf(instance);
  const formType = FORM_TYPES.get(from.string("form_type"));
  if (formType === undefined)
    throw new ConversionError(`${instance.address}: unknown form_type ${JSON.stringify(from.string("form_type"))}`);
  const validations = from.blocks("validation");
  const [validation] = validations;
  return create(RichParameterSchema, {
    name: from.string("name"),
    displayName: from.string("display_name"),
    description: from.string("description"),
    type: from.string("type"),
    mutable: from.bool("mutable"),
    defaultValue: from.string("default"),
    icon: from.string("icon"),
    required: !from.bool("optional"),
    order: from.int32("order"),
    ephemeral: from.bool("ephemeral"),
    formType,
    options: from.blocks("option").map((option) => ({
      name: option.string("name"),
      description: option.string("description"),
      value: option.string("value"),
      icon: option.string("icon"),
    })),
    ...(validation !== undefined && validations.length === 1 && readValidation(validation)),
  });
}

function readValidation(from: Attributes) {
  const [min, max] = [from.int32("min"), from.int32("max")];
  // States of old providers cannot express that a limit is off: two zeros mean no limits.
  const knowsLimits = from.has("min_disabled") || from.has("max_disabled");
  const either = min !== 0 || max !== 0;
  const [hasMin, hasMax] = knowsLimits ? [!from.bool("min_disabled"), !from.bool("max_disabled")] : [either, either];
  return {
    validationRegex: from.string("regex"),
    validationError: from.string("error"),
    validationMonotonic: from.string("monotonic"),
    ...(hasMin && { validationMin: min }),
    ...(hasMax && { validationMax: max }),
  };
}

/**
 * Converts the `coder_workspace_preset` data sources, in the order of the walk.
 *
 * @param parameterNames the parameters that the template declares; a preset that sets another one causes a warning
 * @throws ConversionError for two presets with the same name, or two default presets
 */
export function convertPresets(
  all: readonly ResourceInstance[],
  parameterNames: readonly string[],
): { presets: Preset[]; warnings: string[] } {
  const warnings: string[] = [];
  const known = new Set(parameterNames);
  const presets = dataOf(all, "coder_workspace_preset").map((instance) => {
    const from = attributesOf(instance);
    const parameters = Object.entries(from.strings("parameters"))
      .map(([name, value]) => ({ name, value }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const { name } of parameters)
      if (!known.has(name))
        warnings.push(`${instance.address} sets parameter ${JSON.stringify(name)}, which the template does not declare`);
    const blocks = from.blocks("prebuilds");
    if (blocks.length > 1) warnings.push(`${instance.address} has ${blocks.length} prebuilds blocks; only the first one is used`);
    return create(PresetSchema, {
      name: from.string("name"),
      description: from.string("description"),
      icon: from.string("icon"),
      default: from.bool("default"),
      parameters,
      prebuild: readPrebuild(blocks[0]),
    });
  });
  const twice = duplicates(presets.map(({ name }) => name));
  if (twice.length > 0)
    throw new ConversionError(`coder_workspace_preset names must be unique; these are used more than once: ${list(twice)}`);
  const defaults = presets.filter((preset) => preset.default).map(({ name }) => name);
  if (defaults.length > 1)
    throw new ConversionError(`a template can have only one default preset; these are marked as default: ${list(defaults)}`);
  return { presets, warnings };
}

function readPrebuild(from: Attributes | undefined) {
  const [expiration] = from?.blocks("expiration_policy") ?? [];
  const [scheduling] = from?.blocks("scheduling") ?? [];
  return {
    instances: from?.clampedInt32("instances") ?? 0,
    ...(expiration !== undefined && { expirationPolicy: { ttl: expiration.int32("ttl") } }),
    ...(scheduling !== undefined && {
      scheduling: {
        timezone: scheduling.string("timezone"),
        schedule: scheduling.blocks("schedule").map((item) => ({ cron: item.string("cron"), instances: item.clampedInt32("instances") })),
      },
    }),
  };
}

/** Collects the external accounts that a template asks for, by ID; the newer type overrides the older one. */
export function convertExternalAuth(all: readonly ResourceInstance[]): { id: string; optional: boolean }[] {
  const found = new Map<string, { id: string; optional: boolean }>();
  for (const type of ["coder_git_auth", "coder_external_auth"]) {
    for (const instance of dataOf(all, type)) {
      const from = attributesOf(instance);
      const id = from.string("id");
      if (id === "") throw new ConversionError(`${instance.address}: attribute id must not be empty`);
      found.set(id, { id, optional: from.bool("optional") });
    }
  }
  return [...found.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
}

function dataOf(all: readonly ResourceInstance[], type: string): ResourceInstance[] {
  return all.filter(({ parts }) => parts.mode === "data" && parts.type === type);
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function list(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
