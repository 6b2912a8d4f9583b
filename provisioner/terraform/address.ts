/** A key of `count` or `for_each`. */
export type InstanceKey = number | string;

export interface ModuleStep {
  readonly name: string;
  readonly key?: InstanceKey;
}

/** The parts of a resource instance's address. */
export interface ResourceAddress {
  readonly modules: readonly ModuleStep[];
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly key?: InstanceKey;
}

const STEP = /(?:^|\.)([\p{L}\p{N}_-]+)((?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?)/uy;

/** @returns undefined for a text that is not a resource address */
export function parseAddress(text: string): ResourceAddress | undefined {
  if (text.startsWith(".")) return undefined;
  const steps: ModuleStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (match === null) return undefined;
    const key = readKey(match[2] ?? "");
    steps.push({ name: match[1] ?? "", ...(key !== undefined && { key }) });
  }
  const modules: ModuleStep[] = [];
  while (steps.length > 2 && steps[0]?.name === "module" && steps[0].key === undefined) {
    const [, step] = steps.splice(0, 2);
    if (step !== undefined) modules.push(step);
  }
  const mode = steps.length === 3 && steps[0]?.name === "data" && steps[0].key === undefined ? "data" : "managed";
  if (mode === "data") steps.shift();
  const [type, resource] = steps;
  if (steps.length !== 2 || type === undefined || resource === undefined || type.key !== undefined) return undefined;
  if (type.name === "module" || type.name === "data") return undefined;
  return { modules, mode, type: type.name, name: resource.name, ...(resource.key !== undefined && { key: resource.key }) };
}

/** Formats a path such as `module.a[0].module.b["x"]`; empty for the root module. */
export function modulePath(modules: readonly ModuleStep[]): string {
  return modules.map((step) => `module.${step.name}${keyText(step.key)}`).join(".");
}

export function formatAddress(address: ResourceAddress): string {
  return join(modulePath(address.modules), address, keyText(address.key));
}

/**
 * Returns the address of the block in the configuration, without instance keys. It is the label of the block's node in the graph, and the
 * same for all instances of the block in all instances of its module.
 */
export function configAddress(address: ResourceAddress): string {
  return join(address.modules.map((step) => `module.${step.name}`).join("."), address, "");
}

function join(path: string, address: ResourceAddress, key: string): string {
  return `${path === "" ? "" : `${path}.`}${address.mode === "data" ? "data." : ""}${address.type}.${address.name}${key}`;
}

function keyText(key: InstanceKey | undefined): string {
  return key === undefined ? "" : `[${JSON.stringify(key)}]`;
}

function readKey(text: string): InstanceKey | undefined {
  if (text === "") return undefined;
  const inner = text.slice(1, -1);
  if (!inner.startsWith('"')) return Number(inner);
  try {
    return String(JSON.parse(inner));
  } catch {
    return inner.slice(1, -1);
  }
}
