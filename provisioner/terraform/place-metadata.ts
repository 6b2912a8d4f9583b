import type { Resource_Metadata } from "#proto/gen/provisioner_pb.js";
import { attributesOf } from "./agents.ts";
import { ConversionError } from "./attributes.ts";
import type { DependencyGraph } from "./dependency-graph.ts";
import type { MetadataReferences } from "./metadata-references.ts";
import { belongingTo } from "./nearest-instance.ts";
import type { ResourceInstance } from "./state.ts";

export interface PlacedMetadata {
  readonly hide: boolean;
  readonly icon: string;
  readonly dailyCost: number;
  readonly items: readonly Pick<Resource_Metadata, "key" | "value" | "sensitive" | "isNull">[];
}

interface Placed extends PlacedMetadata {
  readonly address: string;
  readonly nearest: string | undefined;
}

interface Configuration {
  /** What may be the nearest resource: an agent's machine, but no setting of an agent. */
  readonly byLabel: ReadonlyMap<string, readonly ResourceInstance[]>;
  /** All resources that are shown, which a `resource_id` may name. */
  readonly shown: readonly ResourceInstance[];
  readonly graph: DependencyGraph;
  /** Undefined if nobody read the plan's configuration. */
  readonly references: MetadataReferences | undefined;
}

/**
 * Returns metadata by the address of the resource that its `resource_id` names: the one with this ID or, as long as IDs are unknown, the one that
 * the expression refers to, also through variables and outputs of modules. Only what goes through a local value is taken from the graph.
 *
 * @throws ConversionError for two `coder_metadata` of one resource
 */
export function placeMetadata(
  instances: readonly ResourceInstance[],
  configuration: Configuration,
  warnings: string[],
): ReadonlyMap<string, PlacedMetadata> {
  const { byLabel, graph } = configuration;
  const placed = new Map<string, Placed>();
  for (const instance of instances) {
    const targets = targetsOf(instance, configuration);
    const nearest = graph.nearestDependency(instance.label, (candidate) => byLabel.has(candidate));
    if (targets.length === 0) {
      const id = attributesOf(instance).string("resource_id");
      const what = id === "" ? "resource_id" : `resource_id ${JSON.stringify(id)}`;
      warnings.push(`${instance.address}: ${what} names no resource of the template, so its items are not shown`);
    }
    for (const { address } of targets) {
      const other = placed.get(address);
      const read = readMetadata(instance);
      if (other === undefined) placed.set(address, { ...read, address: instance.address, nearest });
      else if (other.nearest === nearest)
        throw new ConversionError(`duplicate metadata resource: ${other.address} and ${instance.address} both describe ${address}`);
      else {
        // Where the nearest resource counts, these two describe different ones, and the template works.
        warnings.push(`${other.address} and ${instance.address} both describe ${address}; their items are shown together`);
        placed.set(address, {
          ...other,
          hide: other.hide || read.hide,
          icon: other.icon || read.icon,
          dailyCost: other.dailyCost + read.dailyCost,
          items: [...other.items, ...read.items],
        });
      }
    }
  }
  return placed;
}

function targetsOf(instance: ResourceInstance, { byLabel, shown, graph, references }: Configuration): readonly ResourceInstance[] {
  const id = attributesOf(instance).string("resource_id");
  const named = references?.get(instance.label) ?? [];
  if (id !== "") {
    const same = shown.filter(({ values }) => values.id === id);
    const referred = same.filter(({ label }) => named.some((one) => one.label === label));
    const [target] = belongingTo(instance, referred.length > 0 ? referred : same);
    if (target !== undefined) return [target];
  }
  for (const { label, key } of named) {
    const all = shown.filter((one) => one.label === label && (key === undefined || one.parts.key === key));
    const found = belongingTo(instance, all);
    if (found.length > 0) return found;
  }
  if (id !== "") return [];
  for (const { label } of references === undefined ? [instance] : named) {
    const nearest = label.split(".").at(-3) === "data" ? undefined : graph.nearestDependency(label, (candidate) => byLabel.has(candidate));
    if (nearest !== undefined) return belongingTo(instance, byLabel.get(nearest) ?? []);
  }
  return [];
}

function readMetadata(instance: ResourceInstance): PlacedMetadata {
  const from = attributesOf(instance);
  return {
    hide: from.bool("hide"),
    icon: from.string("icon"),
    dailyCost: from.int32("daily_cost"),
    items: from.blocks("item").map((item) => ({
      key: item.string("key"),
      value: item.string("value"),
      sensitive: item.bool("sensitive"),
      isNull: item.bool("is_null"),
    })),
  };
}
