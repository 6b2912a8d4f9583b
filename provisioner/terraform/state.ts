/** The resource instances that a state or a plan holds, read from the three JSON forms in which Terraform gives them. */
import { configAddress, formatAddress, type InstanceKey, parseAddress, type ResourceAddress } from "./address.ts";
import { isJsonObject, type JsonObject, member, objectMember, objectsMember, parseJsonObject, stringMember } from "./json.ts";

export interface ResourceInstance {
  readonly address: string;
  /** Address of its block, without instance keys: the label of its node in the graph. */
  readonly label: string;
  readonly parts: ResourceAddress;
  readonly values: JsonObject;
}

export class StateFormatError extends Error {
  override readonly name = "StateFormatError";
}

/** A state file, format 4. Data sources and deposed objects are as Terraform wrote them; only current objects are given. */
export function readStateFile(bytes: Uint8Array): ResourceInstance[] {
  const state = parseJsonObject(Buffer.from(bytes).toString("utf8"));
  if (state === undefined) throw new StateFormatError("the state is not a JSON object");
  const version = member(state, "version");
  if (version !== 4) throw new StateFormatError(`the state has format ${String(version)}, expected 4`);
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
      throw new StateFormatError(`the state names a resource that has no address: ${JSON.stringify(stringMember(resource, "name"))}`);
    for (const instance of objectsMember(resource, "instances")) {
      if (member(instance, "deposed") !== undefined) continue;
      const key = instanceKey(member(instance, "index_key"));
      const parts = { ...block, ...(key !== undefined && { key }) };
      found.push({ address: formatAddress(parts), label: configAddress(parts), parts, values: objectMember(instance, "attributes") ?? {} });
    }
  }
  return found;
}

/** What `terraform show -json` prints of a state. No values at all give no instances. */
export function readShownState(json: JsonObject): ResourceInstance[] {
  const root = rootModule(objectMember(json, "values"));
  return root === undefined ? [] : walk(root);
}

/**
 * What `terraform show -json <plan>` prints: data sources that were read while planning, which stand only in the prior state,
 * then everything that is planned. A planned instance takes the place of a prior one with its address.
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

/** Depth first, a module's children before its own resources. */
function walk(module: JsonObject): ResourceInstance[] {
  const found = objectsMember(module, "child_modules").flatMap(walk);
  for (const resource of objectsMember(module, "resources")) {
    const address = stringMember(resource, "address") ?? "";
    const parts = parseAddress(address);
    if (parts === undefined)
      throw new StateFormatError(`Terraform gave a resource an address that cannot be read: ${JSON.stringify(address)}`);
    found.push({ address, label: configAddress(parts), parts, values: objectMember(resource, "values") ?? {} });
  }
  return found;
}

function instanceKey(value: unknown): InstanceKey | undefined {
  return typeof value === "number" || typeof value === "string" ? value : undefined;
}

/** Whether a state file's bytes are whole: Terraform writes the file in place, so a reader may see half of it. */
export function isWholeState(bytes: Uint8Array): boolean {
  const state = parseJsonObject(Buffer.from(bytes).toString("utf8"));
  return state !== undefined && isJsonObject(state) && typeof member(state, "serial") === "number";
}
