/** Follows what the `resource_id` of a `coder_metadata` refers to, in the configuration as `terraform show -json` prints it with a plan. */
import { type JsonObject, member, objectMember, objectsMember, stringMember } from "./json.ts";

/** A block that is referred to: its address without instance keys, and the key if the reference has one. */
export interface Reference {
  readonly label: string;
  readonly key?: string | number;
}

/** By the label of a `coder_metadata`. */
export type MetadataReferences = ReadonlyMap<string, readonly Reference[]>;

interface Module {
  readonly config: JsonObject;
  /** What stands before the labels in this module, such as `module.a.`. */
  readonly prefix: string;
  /** The call by which another module uses this one. */
  readonly call?: { readonly module: Module; readonly config: JsonObject };
}

/** References through module variables and outputs, which a configuration cannot nest deeper than its modules. */
const MAX_STEPS = 64;

export function readMetadataReferences(plan: JsonObject): MetadataReferences {
  const config = objectMember(objectMember(plan, "configuration") ?? {}, "root_module");
  const found = new Map<string, readonly Reference[]>();
  if (config !== undefined) readModule({ config, prefix: "" }, found);
  return found;
}

function readModule(module: Module, found: Map<string, readonly Reference[]>): void {
  for (const resource of objectsMember(module.config, "resources")) {
    if (stringMember(resource, "type") !== "coder_metadata") continue;
    const named = referencesIn(objectMember(resource, "expressions") ?? {}, "resource_id");
    const iterated = named.some((one) => one.startsWith("each.")) ? referencesIn(resource, "for_each_expression") : [];
    const references = new Map<string, Reference>();
    for (const one of [...named, ...iterated].flatMap((text) => follow(text, module, 0)))
      if (!references.has(one.label)) references.set(one.label, one);
    found.set(`${module.prefix}${stringMember(resource, "address") ?? ""}`, [...references.values()]);
  }
  for (const [name, config] of callsOf(module)) readModule(called(module, name, config), found);
}

function follow(text: string, module: Module, steps: number): Reference[] {
  if (steps > MAX_STEPS) return [];
  const parts = text.replace(INDEX, "").split(".");
  const [kind = "", name = "", third = ""] = parts;
  switch (kind) {
    case "each":
    case "count":
    case "path":
    case "self":
    case "terraform":
      return [];
    case "var": {
      const { call } = module;
      return call === undefined
        ? []
        : referencesIn(objectMember(call.config, "expressions") ?? {}, name).flatMap((one) => follow(one, call.module, steps + 1));
    }
    case "module": {
      const config = callsOf(module).find(([call]) => call === name)?.[1];
      if (config === undefined || third === "") return [];
      const inner = called(module, name, config);
      const output = objectMember(objectMember(inner.config, "outputs") ?? {}, third) ?? {};
      return referencesIn(output, "expression").flatMap((one) => follow(one, inner, steps + 1));
    }
    default: {
      const label = `${module.prefix}${parts.slice(0, kind === "data" ? 3 : 2).join(".")}`;
      const key = kind === "data" ? undefined : keyAfter(`${kind}.${name}`, text);
      return [{ label, ...(key !== undefined && { key }) }];
    }
  }
}

const INDEX = /\[(?:"(?:[^"\\]|\\.)*"|[^\]]*)\]/g;

function keyAfter(block: string, text: string): string | number | undefined {
  const [index] = text.startsWith(`${block}[`) ? (/^\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/.exec(text.slice(block.length)) ?? []) : [];
  return index === undefined ? undefined : JSON.parse(index)[0];
}

function referencesIn(object: JsonObject, attribute: string): string[] {
  const references = member(objectMember(object, attribute) ?? {}, "references");
  return Array.isArray(references) ? references.filter((one) => typeof one === "string") : [];
}

function callsOf({ config }: Module): [name: string, call: JsonObject][] {
  const calls = objectMember(config, "module_calls") ?? {};
  return Object.keys(calls).map((name) => [name, objectMember(calls, name) ?? {}]);
}

function called(module: Module, name: string, config: JsonObject): Module {
  return { config: objectMember(config, "module") ?? {}, prefix: `${module.prefix}module.${name}.`, call: { module, config } };
}
