/** Reads the resource instances of a state or a plan from the three JSON formats that Terraform has. */
import { scanState } from "#tfstate/scan-state.ts";
import { configAddress, formatAddress, type InstanceKey, parseAddress, type ResourceAddress } from "./address.ts";
import { type JsonObject, member, objectMember, objectsMember, parseJsonObject, stringMember } from "./json.ts";

export interface ResourceInstance {
  readonly address: string;
  /** The address of its block, without instance keys, which is the label of its node in the graph. */
  readonly label: string;
  readonly parts: ResourceAddress;
  readonly values: JsonObject;
}

export class StateFormatError extends Error {
  override readonly name = "StateFormatError";
}

/** Reads a state file of format 4. Only current objects are returned, no deposed ones. */
export function readStateFile(bytes: Uint8Array): ResourceInstance[] {
  const state = parseJsonObject(Buffer.from(bytes).toString("utf8"));
  if (state === undefined) throw new StateFormatError("the state is not a JSON object");
  const version = member(state, "version");
  if (version !== 4) throw new StateFormatError(`the state has format ${String(version)}; only format 4 is supported`);
  const found: ResourceInstance[] = [];
  for (const resource of objectsMember(state, "resources")) {
    const block = parseAddress(
      [
        stringMember(resource, "module"),
        stringMember(resource, "mode") === "data" ? "data" : undefined,
        stringMember(resource, "type"),
        stringMember(resource, "name"),
      ]
        .filter((part) => part !== undefined && part !== "")
        .join("."),
    );
    if (block === undefined)
      throw new StateFormatError(
        `the state contains a resource without a valid address: ${JSON.stringify(stringMember(resource, "name"))}`,
      );
    for (const instance of objectsMember(resource, "instances")) {
      if (member(instance, "deposed") !== undefined) continue;
      const key = instanceKey(member(instance, "index_key"));
      const parts = { ...block, ...(key !== undefined && { key }) };
      found.push({ address: formatAddress(parts), label: configAddress(parts), parts, values: objectMember(instance, "attributes") ?? {} });
    }
  }
  return found;
}

/** Reads the output of `terraform show -json` for a state. Without values, there are no instances. */
export function readShownState(json: JsonObject): ResourceInstance[] {
  const root = rootModule(objectMember(json, "values"));
  return root === undefined ? [] : walk(root);
}

/**
 * Reads the output of `terraform show -json <plan>`: data sources that were read while planning, which are only in the prior state, then
 * everything that is planned. A planned instance replaces a prior one with the same address.
 */
export function readShownPlan(json: JsonObject): ResourceInstance[] {
  const prior = rootModule(objectMember(objectMember(json, "prior_state") ?? {}, "values"));
  const planned = rootModule(objectMember(json, "planned_values"));
  const found = new Map<string, ResourceInstance>();
  for (const instance of prior === undefined ? [] : walk(prior)) if (instance.parts.mode === "data") found.set(instance.address, instance);
  for (const instance of planned === undefined ? [] : walk(planned)) found.set(instance.address, instance);
  return [...found.values()];
}

function rootModule(values: JsonObject | undefined): JsonObject | undefined {
  return values === undefined ? undefined : objectMember(values, "root_module");
}

/** Walks the modules depth first, a module's children before its own resources. */
function walk(module: JsonObject): ResourceInstance[] {
  const found = objectsMember(module, "child_modules").flatMap(walk);
  for (const resource of objectsMember(module, "resources")) {
    const address = stringMember(resource, "address") ?? "";
    const parts = parseAddress(address);
    if (parts === undefined)
      throw new StateFormatError(`the output of terraform show contains a resource without a valid address: ${JSON.stringify(address)}`);
    found.push({ address, label: configAddress(parts), parts, values: objectMember(resource, "values") ?? {} });
  }
  return found;
}

function instanceKey(value: unknown): InstanceKey | undefined {
  return typeof value === "number" || typeof value === "string" ? value : undefined;
}

/** Whether a state file is complete: Terraform writes the file in place, so a reader may see half of it. Other work runs in between. */
export async function isWholeState(bytes: Uint8Array): Promise<boolean> {
  const scan = await scanState(bytes);
  return scan.kind === "whole" && scan.serial !== undefined;
}
