/**
 * Terraform's rules for the answers of a provider, as functions that find violations, for tests of providers.
 *
 * If a provider breaks a rule, Terraform reports that it "produced an invalid plan" or "an inconsistent result", and stops. From a provider
 * with legacy rules it tolerates some violations, and only logs them. Nested attributes are not checked, because the SDK has none.
 */
import {
  type AttributePath_Step,
  type Schema_Attribute,
  type Schema_Block,
  Schema_NestedBlock_NestingMode,
} from "#proto/gen/tfplugin6_pb.js";
import { satisfies } from "./cty/refinement.ts";
import { type CtyType, formatType } from "./cty/type.ts";
import { fingerprint, isWhollyKnown, NULL, sameValue, type Value } from "./cty/value.ts";
import { part } from "./schema/translate.ts";

/** The broken rule. The rules that apply to legacy providers too come first, then those that do not. */
export type Rule =
  /** A value that the schema has no place for. */
  | "type"
  /** An unknown value where everything must be known. */
  | "unknown"
  /** An object where there should be none, or the reverse. */
  | "presence"
  /** A plan that differs from the earlier plan, which was made with fewer known values. */
  | "final-plan"
  /** A path to the cause of a replacement that does not exist. */
  | "replace-path"
  /** A planned value for an attribute that only the configuration may set. */
  | "unasked"
  /** A planned value that is neither the configured nor the prior value. */
  | "changed"
  /** More, fewer or less known blocks than in the configuration. */
  | "blocks"
  /** A result that differs from the plan. */
  | "result";

export interface Violation {
  readonly rule: Rule;
  /** The position in the value: `part[0].kind`; empty for the whole value. */
  readonly at: string;
  readonly problem: string;
}

/** Which rules Terraform applies to the provider, as its answers state in `legacy_type_system`. */
export type Strictness = "strict" | "legacy";

/** In plans and results of legacy providers, Terraform only logs these. */
const TOLERATED: ReadonlySet<Rule> = new Set(["unasked", "changed", "blocks", "result"]);

/** Checks an answer to PlanResourceChange. A null `config` is a plan to destroy. */
export function planViolations(
  block: Schema_Block,
  type: CtyType,
  { prior, config, planned }: { readonly prior: Value; readonly config: Value; readonly planned: Value },
  strictness: Strictness,
): Violation[] {
  const found = [...typeViolations(type, planned, "")];
  if (config.kind === "null" || planned.kind === "null") {
    if (config.kind !== planned.kind)
      found.push({ rule: "presence", at: "", problem: `planned is ${planned.kind}, config ${config.kind}` });
    return found;
  }
  return enforced([...found, ...plannedViolations(block, { prior, config, planned }, "")], strictness);
}

/** Checks the paths in the same answer. */
export function replaceViolations(paths: readonly (readonly AttributePath_Step[])[], prior: Value, planned: Value): Violation[] {
  return paths
    .filter((steps) => follow(prior, steps) === undefined && follow(planned, steps) === undefined)
    .map((steps) => ({ rule: "replace-path", at: steps.map(({ selector }) => selector.value).join("."), problem: "leads nowhere" }));
}

/** Whether one of the paths makes Terraform replace the object, which requires a value that differs. */
export function replaces(paths: readonly (readonly AttributePath_Step[])[], prior: Value, planned: Value): boolean {
  if (prior.kind === "null") return false;
  return paths.some((steps) => {
    const [before, after] = [follow(prior, steps) ?? NULL, follow(planned, steps) ?? NULL];
    return !isWhollyKnown(after) || !sameValue(before, after);
  });
}

/** Checks the plan that Terraform requests again once everything is known. This rule applies to legacy providers too. */
export function finalPlanViolations(block: Schema_Block, planned: Value, final: Value): Violation[] {
  return resultDifferences(block, planned, final, "").map((violation) => ({ ...violation, rule: "final-plan" }));
}

/** Checks an answer without errors to ApplyResourceChange. @param planned null for an object to be destroyed */
export function resultViolations(block: Schema_Block, type: CtyType, planned: Value, result: Value, strictness: Strictness): Violation[] {
  if (planned.kind === "null" || result.kind === "null") {
    if (planned.kind === result.kind) return [];
    return [{ rule: "presence", at: "", problem: `the result is ${result.kind}, planned ${planned.kind}` }];
  }
  return enforced([...stateViolations(type, result), ...resultDifferences(block, planned, result, "")], strictness);
}

/** Checks a state from any source: a data source, or read, upgraded, or applied with errors. Which of them may be null differs. */
export function stateViolations(type: CtyType, state: Value): Violation[] {
  const found = [...typeViolations(type, state, "")];
  return isWhollyKnown(state) ? found : [...found, { rule: "unknown", at: "", problem: `not wholly known: ${short(state)}` }];
}

function enforced(violations: Violation[], strictness: Strictness): Violation[] {
  return strictness === "strict" ? violations : violations.filter(({ rule }) => !TOLERATED.has(rule));
}

function* typeViolations(type: CtyType, value: Value, at: string): Generator<Violation> {
  if (value.kind === "null" || value.kind === "unknown") return;
  const wrong = (problem: string): Violation => ({ rule: "type", at, problem });
  if (value.kind !== type.kind) {
    yield wrong(`${value.kind} where the type is ${formatType(type)}`);
    return;
  }
  if (value.kind === "string" && !value.value.isWellFormed()) yield wrong("half a character");
  if (value.kind === "list" || value.kind === "set" || value.kind === "tuple") {
    if (type.kind === "tuple" && type.elements.length !== value.items.length)
      yield wrong(`${value.items.length} items for ${formatType(type)}`);
    for (const [n, item] of value.items.entries()) yield* typeViolations(elementType(type, n), item, `${at}[${n}]`);
  }
  if (value.kind === "map" || value.kind === "object") {
    if (type.kind === "object")
      for (const name of new Set([...type.attributes.keys()]).symmetricDifference(new Set(value.entries.keys())))
        yield wrong(`${type.attributes.has(name) ? "lacks" : "has a strange"} ${JSON.stringify(name)}`);
    for (const [name, item] of value.entries) yield* typeViolations(elementType(type, name), item, below(at, name));
  }
  if (value.kind === "dynamic") yield* typeViolations(value.type, value.value, at);
}

function elementType(type: CtyType, step: string | number): CtyType {
  const of = "element" in type ? type.element : "elements" in type ? type.elements[Number(step)] : undefined;
  return of ?? ("attributes" in type ? type.attributes.get(String(step)) : undefined) ?? { kind: "dynamic" };
}

interface Three {
  readonly prior: Value;
  readonly config: Value;
  readonly planned: Value;
}

function* plannedViolations(block: Schema_Block, values: Three, at: string): Generator<Violation> {
  for (const attribute of block.attributes) {
    const [prior, config, planned] = [values.prior, values.config, values.planned].map((value) => part(value, attribute.name));
    const violation = attributeViolation(attribute, { prior: prior ?? NULL, config: config ?? NULL, planned: planned ?? NULL });
    if (violation !== undefined) yield { ...violation, at: below(at, attribute.name) };
  }
  for (const { typeName, block: inner, nesting } of block.blockTypes) {
    if (inner === undefined) continue;
    const [prior, config, planned] = [values.prior, values.config, values.planned].map((value) => part(value, typeName));
    yield* blockViolations(inner, nesting, { prior: prior ?? NULL, config: config ?? NULL, planned: planned ?? NULL }, below(at, typeName));
  }
}

function attributeViolation(
  { computed, optional, writeOnly }: Schema_Attribute,
  { prior, config, planned }: Three,
): Omit<Violation, "at"> | undefined {
  if (sameValue(planned, config)) return undefined;
  if (prior.kind !== "null" && config.kind !== "null" && sameValue(planned, prior)) return undefined;
  if (writeOnly) return planned.kind === "null" ? undefined : { rule: "type", problem: "a write-only attribute is planned" };
  if (computed && (!optional || config.kind === "null")) return undefined;
  if (config.kind === "null") return { rule: "unasked", problem: `planned ${short(planned)} without being asked` };
  return { rule: "changed", problem: `planned ${short(planned)}, configured ${short(config)}, before ${short(prior)}` };
}

function* blockViolations(block: Schema_Block, nesting: Schema_NestedBlock_NestingMode, values: Three, at: string): Generator<Violation> {
  const { prior, config, planned } = values;
  const wrong = (problem: string): Violation => ({ rule: "blocks", at, problem });
  const { SINGLE, GROUP, SET } = Schema_NestedBlock_NestingMode;
  if (config.kind === "unknown") {
    if (planned.kind !== "unknown") yield wrong("planned, but the configured blocks are unknown");
  } else if (planned.kind === "unknown") yield wrong("unknown, but the configured blocks are not");
  else if (nesting === SINGLE || nesting === GROUP) {
    if (config.kind !== planned.kind) yield wrong(`planned ${planned.kind}, configured ${config.kind}`);
    else yield* plannedViolations(block, values, at);
  } else if (planned.kind === "null") yield wrong("null instead of empty");
  else if (nesting === SET) {
    // It is not known which elements correspond.
    if (elements(planned).some(([, item]) => item.kind === "unknown")) yield wrong("an unknown block");
  } else {
    const [wanted, before] = [new Map(elements(config)), new Map(elements(prior))];
    const got = new Map(elements(planned));
    if (wanted.size !== got.size || [...got.keys()].some((key) => !wanted.has(key)))
      yield wrong(`${got.size} blocks, configured ${wanted.size}`);
    else
      for (const [key, item] of got)
        yield* plannedViolations(
          block,
          { prior: before.get(key) ?? NULL, config: wanted.get(key) ?? NULL, planned: item },
          `${at}[${key}]`,
        );
  }
}

function resultDifferences(block: Schema_Block, planned: Value, actual: Value, at: string): Violation[] {
  if (planned.kind === "null" || actual.kind === "null")
    return planned.kind === actual.kind ? [] : [{ rule: "result", at, problem: `planned ${planned.kind}, then ${actual.kind}` }];
  const found: Violation[] = [];
  for (const { name } of block.attributes) found.push(...valueDifferences(part(planned, name), part(actual, name), below(at, name)));
  for (const { typeName, block: inner, nesting } of block.blockTypes)
    if (inner !== undefined)
      found.push(...blockDifferences(inner, nesting, part(planned, typeName), part(actual, typeName), below(at, typeName)));
  return found;
}

function blockDifferences(
  block: Schema_Block,
  nesting: Schema_NestedBlock_NestingMode,
  planned: Value,
  actual: Value,
  at: string,
): Violation[] {
  if (planned.kind === "unknown" || actual.kind === "unknown") return planned.kind === "unknown" ? [] : [known(planned, at)];
  const { SINGLE, GROUP, SET } = Schema_NestedBlock_NestingMode;
  const inner = (one: Value, other: Value, place: string) => resultDifferences(block, one, other, place);
  if (nesting === SINGLE || nesting === GROUP) return inner(planned, actual, at);
  if (planned.kind === "null" || actual.kind === "null")
    return planned.kind === actual.kind ? [] : [{ rule: "result", at, problem: `planned ${short(planned)}, then ${short(actual)}` }];
  return nesting === SET ? setDifferences(planned, actual, at, inner) : elementDifferences(planned, actual, at, inner);
}

type Differences = (planned: Value, actual: Value, at: string) => Violation[];

function valueDifferences(planned: Value, actual: Value, at: string): Violation[] {
  if (planned.kind === "unknown") {
    if (planned.refinement === undefined || satisfies(actual, planned.refinement)) return [];
    return [{ rule: "result", at, problem: `${short(actual)} is not what was known of it before` }];
  }
  if (actual.kind === "unknown") return [known(planned, at)];
  const isCollection = planned.kind === actual.kind && ("items" in planned || "entries" in planned);
  if (isCollection && planned.kind === "set") return setDifferences(planned, actual, at, valueDifferences);
  if (isCollection) return elementDifferences(planned, actual, at, valueDifferences);
  if (planned.kind === "dynamic" && actual.kind === "dynamic" && formatType(planned.type) === formatType(actual.type))
    return valueDifferences(planned.value, actual.value, at);
  return sameValue(planned, actual) ? [] : [{ rule: "result", at, problem: `planned ${short(planned)}, then ${short(actual)}` }];
}

function elementDifferences(planned: Value, actual: Value, at: string, differences: Differences): Violation[] {
  const [wanted, got] = [new Map(elements(planned)), new Map(elements(actual))];
  const found: Violation[] = [];
  for (const [key, item] of wanted) {
    const result = got.get(key);
    if (result === undefined) found.push({ rule: "result", at: `${at}[${key}]`, problem: "has vanished" });
    else found.push(...differences(item, result, `${at}[${key}]`));
  }
  for (const key of got.keys()) if (!wanted.has(key)) found.push({ rule: "result", at: `${at}[${key}]`, problem: "has appeared" });
  return found;
}

/** Elements that were not fully known may turn out to be equal, so a set may shrink. */
function setDifferences(planned: Value, actual: Value, at: string, differences: Differences): Violation[] {
  const [wanted, got] = [elements(planned), elements(actual)].map((all) => all.map(([, item]) => item));
  if (wanted === undefined || got === undefined) return [];
  const found: Violation[] = [];
  if (got.length > wanted.length)
    found.push({ rule: "result", at, problem: `${wanted.length} elements were planned, there are ${got.length}` });
  const fits = (one: Value, other: Value) => differences(one, other, at).length === 0;
  for (const item of wanted)
    if (!got.some((other) => fits(item, other))) found.push({ rule: "result", at, problem: `${short(item)} has vanished` });
  for (const item of got)
    if (!wanted.some((other) => fits(other, item))) found.push({ rule: "result", at, problem: `${short(item)} has appeared` });
  return found;
}

function known(planned: Value, at: string): Violation {
  return { rule: "result", at, problem: `planned ${short(planned)}, then unknown` };
}

/** The elements: of a list by index, of a map by key, of a set in any order. */
function elements(value: Value): (readonly [string | number, Value])[] {
  if (value.kind === "list" || value.kind === "set" || value.kind === "tuple") return [...value.items.entries()];
  return value.kind === "map" || value.kind === "object" ? [...value.entries] : [];
}

/** A step into a set finds nothing, because the elements have no names. */
function follow(value: Value, steps: readonly AttributePath_Step[]): Value | undefined {
  let at: Value | undefined = value;
  for (const { selector } of steps) {
    if (at?.kind === "object" && selector.case === "attributeName") at = at.entries.get(selector.value);
    else if (at?.kind === "map" && selector.case === "elementKeyString") at = at.entries.get(selector.value);
    else if (at?.kind === "list" && selector.case === "elementKeyInt") at = at.items[Number(selector.value)];
    else return undefined;
  }
  return at;
}

function below(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}

function short(value: Value): string {
  const text = fingerprint(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
