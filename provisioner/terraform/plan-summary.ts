import { attributesOf } from "./agents.ts";
import { isJsonObject, type JsonObject, member, objectMember, objectsMember, stringMember } from "./json.ts";
import type { ResourceInstance } from "./state.ts";

export interface Replacement {
  readonly resource: string;
  /** The attributes that force it, such as `network.0.name`. */
  readonly paths: readonly string[];
}

/** Returns the daily cost of the planned workspace: the sum over every `coder_metadata`, attached or not. */
export function dailyCost(planned: readonly ResourceInstance[]): number {
  return planned
    .filter(({ parts }) => parts.mode === "managed" && parts.type === "coder_metadata")
    .reduce((sum, instance) => sum + attributesOf(instance).int32("daily_cost"), 0);
}

/** Returns the resources that the plan destroys and creates again because of a change, except those of our own provider. */
export function replacements(plan: JsonObject): Replacement[] {
  return objectsMember(plan, "resource_changes").flatMap((resource) => {
    const change = objectMember(resource, "change");
    const paths = change === undefined ? undefined : member(change, "replace_paths");
    const actions = change === undefined ? undefined : member(change, "actions");
    if (!Array.isArray(paths) || paths.length === 0 || !Array.isArray(actions) || actions.includes("no-op")) return [];
    if (stringMember(resource, "type")?.startsWith("coder_")) return [];
    return [{ resource: stringMember(resource, "address") ?? "", paths: paths.map(pathText) }];
  });
}

function pathText(path: unknown): string {
  return (Array.isArray(path) ? path : [path]).map((step) => (isJsonObject(step) ? JSON.stringify(step) : String(step))).join(".");
}
