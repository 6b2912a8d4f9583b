import { isJsonObject, member, numberMember, objectsMember, parseJsonObject, stringMember } from "./json.ts";
import { StateFormatError } from "./state.ts";

/** What can be told about a state without looking at its resources. */
export interface StateSummary {
  /** Stays the same for the whole life of a state. Empty for one that was never written. */
  readonly lineage: string;
  /** Grows with each change. */
  readonly serial: number;
  /** The number of resource instances that Terraform manages; data sources do not count. */
  readonly resources: number;
}

/** @param bytes a state of format 4; empty if there is none */
export function summarizeState(bytes: Uint8Array): StateSummary {
  const text = Buffer.from(bytes).toString("utf8");
  if (text.trim() === "") return { lineage: "", serial: 0, resources: 0 };
  const state = parseJsonObject(text);
  if (state === undefined || !isJsonObject(state)) throw new StateFormatError("the state is not a JSON object");
  const managed = objectsMember(state, "resources").filter((resource) => stringMember(resource, "mode") === "managed");
  const instances = managed.map((resource) => member(resource, "instances"));
  return {
    lineage: stringMember(state, "lineage") ?? "",
    serial: numberMember(state, "serial") ?? 0,
    resources: instances.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0),
  };
}
