/** For tests: computes what Terraform proposes to a provider that plans a change. */
import type * as pb from "#proto/gen/tfplugin6_pb.js";
import { distinct, fingerprint, NULL, type Value } from "./cty/value.ts";
import { part } from "./schema/translate.ts";

/**
 * Terraform's merge of prior state and configuration: if the provider may supply a value and none is configured, the prior value stays.
 * Elements of lists are matched by position, elements of sets if they differ only in such values.
 */
export function proposedNew(block: pb.Schema_Block, prior: Value, config: Value): Value {
  if (prior.kind !== "object" || config.kind !== "object") return config;
  const entries = new Map(config.entries);
  for (const { name, computed } of block.attributes)
    if (computed && part(config, name).kind === "null") entries.set(name, part(prior, name));
  for (const { typeName, block: inner } of block.blockTypes)
    if (inner !== undefined) entries.set(typeName, proposedBlocks(inner, part(prior, typeName), part(config, typeName)));
  return { kind: "object", entries };
}

function proposedBlocks(inner: pb.Schema_Block, prior: Value, config: Value): Value {
  if (config.kind === "object") return proposedNew(inner, prior, config);
  if (config.kind === "list" && prior.kind === "list")
    return { kind: "list", items: config.items.map((item, n) => proposedNew(inner, prior.items[n] ?? NULL, item)) };
  if (config.kind !== "set" || prior.kind !== "set") return config;
  const left = [...prior.items];
  const items = config.items.map((item) => {
    const at = left.findIndex((candidate) => mayBecome(inner, candidate, item));
    return at === -1 ? item : proposedNew(inner, left.splice(at, 1)[0] ?? NULL, item);
  });
  return { kind: "set", items: distinct(items) };
}

/** Whether a prior element corresponds to the configured one, apart from values that the provider supplied. */
function mayBecome(block: pb.Schema_Block, prior: Value, config: Value): boolean {
  const same = (name: string) => fingerprint(part(prior, name)) === fingerprint(part(config, name));
  return (
    block.attributes.every(({ name, computed }) => same(name) || (computed && part(config, name).kind === "null")) &&
    block.blockTypes.every(({ typeName, block: inner }) => {
      const [before, given] = [part(prior, typeName), part(config, typeName)];
      if (inner === undefined || same(typeName)) return true;
      if (before.kind === "object" && given.kind === "object") return mayBecome(inner, before, given);
      if (before.kind !== "list" || given.kind !== "list" || before.items.length !== given.items.length) return false;
      return given.items.every((item, n) => mayBecome(inner, before.items[n] ?? NULL, item));
    })
  );
}
