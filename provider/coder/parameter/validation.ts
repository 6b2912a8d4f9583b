import { parseGoInt } from "../go/atoi.ts";
import { goQuote } from "../go/quote.ts";
import { compileGoRegexp, type GoRegexp } from "../go/regexp.ts";
import { parseStringList } from "../go/string-list.ts";
import type { ParameterType } from "./parameter-type.ts";

/** A `validation` block. Empty texts count as absent. */
export interface ValidationRules {
  readonly min: bigint | null;
  readonly max: bigint | null;
  readonly monotonic: string | null;
  readonly regex: string | null;
  readonly error: string | null;
}

/**
 * What a `validation` block finds wrong with a value; undefined for nothing. A rule for another type is also a problem, whatever the value.
 *
 * @param previous the value in the workspace's last build; undefined if there was none
 */
export async function validationProblem(
  type: ParameterType,
  rules: ValidationRules,
  value: string,
  previous: string | undefined,
): Promise<string | undefined> {
  const misplaced = misplacedRule(type, rules);
  if (misplaced !== undefined) return misplaced;
  switch (type) {
    case "string":
      return await textProblem(rules, value);
    case "number":
      return numberProblem(rules, value, previous);
    case "bool":
      return value === "true" || value === "false" ? undefined : 'boolean value can be either "true" or "false"';
    case "list(string)":
      return parseStringList(value) === undefined ? `value ${goQuote(value)} is not valid list of strings` : undefined;
    default:
      throw new Error(`unknown parameter type ${type satisfies never}`);
  }
}

/** What is wrong with a `validation` block, whatever the value. */
export async function rulesProblem(type: ParameterType, rules: ValidationRules): Promise<string | undefined> {
  const misplaced = misplacedRule(type, rules);
  if (misplaced !== undefined) return misplaced;
  if (type === "number") return monotonicProblem(rules);
  const pattern = type === "string" ? await compilePattern(rules) : undefined;
  return typeof pattern === "string" ? pattern : undefined;
}

function misplacedRule(type: ParameterType, { min, max, monotonic, regex }: ValidationRules): string | undefined {
  if (type !== "number") {
    if (min !== null) return `a min cannot be specified for a ${type} type`;
    if (max !== null) return `a max cannot be specified for a ${type} type`;
    if (monotonic) return `monotonic validation can only be specified for number types, not ${type} types`;
  }
  return type !== "string" && regex ? `a regex cannot be specified for a ${type} type` : undefined;
}

/** Returns the pattern, undefined if there is none, or what is wrong with it. */
async function compilePattern({ regex, error }: ValidationRules): Promise<GoRegexp | string | undefined> {
  if (!regex) return undefined;
  try {
    const compiled = await compileGoRegexp(regex);
    return error ? compiled : "an error must be specified with a regex validation";
  } catch (fault) {
    if (fault instanceof SyntaxError) return `compile regex ${goQuote(regex)}: ${fault.message}`;
    throw fault;
  }
}

async function textProblem(rules: ValidationRules, value: string): Promise<string | undefined> {
  const compiled = await compilePattern(rules);
  if (compiled === undefined || typeof compiled === "string") return compiled;
  const { regex, error } = rules;
  if (compiled.isTooMuchFor(value)) return `the regex is too large to be looked for in a value of ${Buffer.byteLength(value)} bytes`;
  return compiled.matches(value) ? undefined : `${error} (value ${goQuote(value)} does not match ${goQuote(regex ?? "")})`;
}

function numberProblem(rules: ValidationRules, value: string, previous: string | undefined): string | undefined {
  const { min, max, monotonic } = rules;
  const number = parseGoInt(value);
  if (number === undefined) return customError(rules, value) ?? `value ${goQuote(value)} is not a number`;
  if (min !== null && number < min) return customError(rules, value) ?? `value ${number} is less than the minimum ${min}`;
  if (max !== null && number > max) return customError(rules, value) ?? `value ${number} is more than the maximum ${max}`;
  if (!monotonic) return undefined;
  const unknown = monotonicProblem(rules);
  if (unknown !== undefined) return unknown;
  const before = previous === undefined ? undefined : parseGoInt(previous);
  if (before === undefined) return undefined;
  const [broken, order] = monotonic === "increasing" ? [number < before, "greater"] : [number > before, "lower"];
  return broken ? `parameter value '${number}' must be equal or ${order} than previous value: ${before}` : undefined;
}

function monotonicProblem({ monotonic }: ValidationRules): string | undefined {
  if (!monotonic || monotonic === "increasing" || monotonic === "decreasing") return undefined;
  return 'number monotonicity can be either "increasing" or "decreasing"';
}

/** The author's message with the numbers filled in. An unset limit is 0, and a percent sign has no special meaning. */
function customError({ min, max, error }: ValidationRules, value: string): string | undefined {
  if (!error) return undefined;
  const places: Readonly<Record<string, string>> = { "{min}": String(min ?? 0), "{max}": String(max ?? 0), "{value}": value };
  return error.replace(/\{(?:min|max|value)\}/g, (place) => places[place] ?? place);
}
