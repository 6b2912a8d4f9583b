import { isWhole } from "../cty/decimal.ts";
import { isWhollyKnown, type Value } from "../cty/value.ts";
import type { Diagnostic, Path } from "../diagnostic.ts";
import type { Attribute } from "./attribute.ts";
import { attributesOf, type BlockSchema, blocksOf, type NestedBlock } from "./block.ts";
import { items, part } from "./translate.ts";
import { fromCty } from "./value-type.ts";

interface Here {
  /** The position that Terraform shows. It cannot show positions inside a set, so below one the path stays at the set. */
  readonly path: Path;
  /** The position for messages: names and indices, joined by dots. */
  readonly name: string;
  readonly inSet: boolean;
}

/**
 * Checks a configuration as far as it is known. A value with an unknown part passes: Terraform asks again once it is known. Terraform
 * has already used the schema to find missing or unexpected arguments and wrong types, but it considers `name = null` to be set.
 *
 * For each attribute and block, errors come before the warning that it is deprecated. One that conflicts with another is not checked
 * further, because it may have to be removed.
 */
export function validate(schema: BlockSchema, config: Value): Diagnostic[] {
  return [...problemsOf(schema, config, config, { path: [], name: "", inSet: false })];
}

function* problemsOf(schema: BlockSchema, value: Value, root: Value, at: Here): Generator<Diagnostic> {
  for (const [name, attribute] of attributesOf(schema)) {
    const given = part(value, name);
    const here = below(at, name);
    if (given.kind !== "null" && isWhollyKnown(given)) yield* attributeProblems(attribute, given, root, here);
    else if (given.kind === "null" && attribute.mode === "required" && value.kind === "object") yield missing(here);
  }
  for (const [name, nested] of blocksOf(schema)) {
    const given = part(value, name);
    const here = below(at, name);
    const isGiven = isSet(given) && isWhollyKnown(given);
    const conflict = isGiven ? conflictOf(nested, root, here) : undefined;
    if (conflict !== undefined) {
      yield conflict;
      continue;
    }
    if (nested.nesting === "single") yield* problemsOf(nested.schema, given, root, here);
    else yield* elementProblems(nested, given, root, here);
    if (isGiven) yield* deprecationOf(nested, here);
  }
}

function missing({ name, path }: Here): Diagnostic {
  const detail = `The argument "${name}" is required, but no definition was found.`;
  return { severity: "error", summary: "Missing required argument", detail, path };
}

function* attributeProblems(attribute: Attribute, given: Value, root: Value, at: Here): Generator<Diagnostic> {
  const conflict = conflictOf(attribute, root, at);
  if (conflict !== undefined) {
    yield conflict;
    return;
  }
  if (attribute.type.wholeNumber === true && given.kind === "number" && !isWhole(given.value)) {
    yield { severity: "error", summary: `Attribute must be a whole number, got ${given.value}`, path: at.path };
  } else {
    const value = fromCty(attribute.type, given);
    for (const { check } of attribute.validate ?? [])
      for (const problem of check(value, at.name)) yield { severity: "error", ...problem, path: at.path };
  }
  yield* deprecationOf(attribute, at);
}

function* elementProblems(nested: NestedBlock, given: Value, root: Value, at: Here): Generator<Diagnostic> {
  for (const [index, item] of items(given).entries()) {
    const inSet = at.inSet || nested.nesting === "set";
    yield* problemsOf(nested.schema, item, root, { path: inSet ? at.path : [...at.path, index], name: `${at.name}.${index}`, inSet });
  }
}

/** Reports a conflict with the first attribute or block that must not be set together with this one. */
function conflictOf(of: Attribute | NestedBlock, root: Value, at: Here): Diagnostic | undefined {
  const other = of.conflictsWith?.find((name) => isSet(lookUp(root, name)));
  if (other === undefined) return undefined;
  return {
    severity: "error",
    summary: "Conflicting configuration arguments",
    detail: `"${at.name}": conflicts with ${other}`,
    path: at.path,
  };
}

function* deprecationOf(of: Attribute | NestedBlock, at: Here): Generator<Diagnostic> {
  if (of.deprecated !== undefined) yield { severity: "warning", summary: "Argument is deprecated", detail: of.deprecated, path: at.path };
}

function below(at: Here, name: string): Here {
  return { path: at.inSet ? at.path : [...at.path, name], name: at.name === "" ? name : `${at.name}.${name}`, inSet: at.inSet };
}

/** Whether the configuration sets it. An unknown value counts as not set, because it may turn out to be null. */
function isSet(value: Value): boolean {
  if (value.kind === "list" || value.kind === "set") return value.items.length > 0;
  return value.kind !== "null" && value.kind !== "unknown";
}

function lookUp(root: Value, dotted: string): Value {
  let value = root;
  for (const step of dotted.split(".")) value = /^\d+$/.test(step) ? (items(value)[Number(step)] ?? { kind: "null" }) : part(value, step);
  return value;
}
