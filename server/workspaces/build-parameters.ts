import { createContext, Script } from "node:vm";
import type { Row } from "../database/tables.ts";
import { type InvalidField, InvalidInputError } from "../errors.ts";
import { firstRepeated } from "../input/first-repeated.ts";

export interface ParameterValue {
  readonly name: string;
  readonly value: string;
}

type Definition = Row<"template_version_parameters">;

/** @throws InvalidInputError for a request with two values for one parameter: nobody can tell which of them is meant */
export function requireOneValueEach(given: readonly ParameterValue[]): void {
  const twice = firstRepeated(given.map(({ name }) => name));
  if (twice === undefined) return;
  const detail = "it has two values in this request";
  throw new InvalidInputError(`Invalid build parameter ${JSON.stringify(twice)}: ${detail}`, [{ field: twice, detail }]);
}

/**
 * Resolves a build's parameters. A given value comes first, then the previous build's unless the parameter is ephemeral, then the default.
 *
 * @param before undefined for a workspace's first build, the only one in which an immutable parameter may be set
 * @throws InvalidInputError that lists every invalid parameter by name
 */
export function resolveBuildParameters(
  definitions: readonly Definition[],
  given: readonly ParameterValue[],
  before: readonly ParameterValue[] | undefined,
): ParameterValue[] {
  const wrong: InvalidField[] = [];
  const givenByName = new Map(given.map(({ name, value }) => [name, value]));
  const beforeByName = new Map((before ?? []).map(({ name, value }) => [name, value]));
  const known = new Set(definitions.map(({ name }) => name));
  const patterns = new PatternBudget();
  for (const name of givenByName.keys())
    if (!known.has(name)) wrong.push({ field: name, detail: "the template has no parameter with this name" });

  const values = definitions.flatMap((definition) => {
    const { name } = definition;
    const earlier = beforeByName.get(name);
    const chosen = givenByName.get(name) ?? (definition.ephemeral ? undefined : earlier);
    if (chosen === undefined && definition.required) {
      wrong.push({ field: name, detail: "a value is required" });
      return [];
    }
    const value = chosen ?? definition.default_value;
    const detail = problemWith(definition, value, {
      earlier,
      isFirstBuild: before === undefined,
      isDefault: chosen === undefined,
      patterns,
    });
    if (detail !== undefined) wrong.push({ field: name, detail });
    return [{ name, value }];
  });
  if (wrong.length > 0) {
    const [one] = wrong;
    throw new InvalidInputError(`Invalid build parameter ${JSON.stringify(one?.field)}: ${one?.detail}`, wrong);
  }
  return values;
}

interface Circumstances {
  readonly earlier: string | undefined;
  readonly isFirstBuild: boolean;
  readonly isDefault: boolean;
  readonly patterns: PatternBudget;
}

function problemWith(definition: Definition, value: string, circumstances: Circumstances): string | undefined {
  const { earlier, isFirstBuild, isDefault } = circumstances;
  // A parameter that a newer version adds may be set once. After that its value stays.
  if (!definition.mutable && !isFirstBuild && earlier !== undefined && value !== earlier)
    return "it cannot be changed after the first build";
  // The template's author is responsible for defaults.
  if (isDefault) return undefined;
  return problemWithOptions(definition, value) ?? problemWithValue(definition, value, circumstances);
}

function problemWithOptions({ options, type, form_type }: Definition, value: string): string | undefined {
  if (options.length === 0) return undefined;
  const allowed = options.map((option) => option.value);
  if (type === "list(string)" && form_type === "multi-select") {
    const chosen = parseStrings(value);
    return chosen?.every((one) => allowed.includes(one)) ? undefined : `must be a JSON list of options: ${allowed.join(", ")}`;
  }
  return allowed.includes(value) ? undefined : `must be one of: ${allowed.join(", ")}`;
}

function problemWithValue(definition: Definition, value: string, { earlier, patterns }: Circumstances): string | undefined {
  const { type, validation_error: message } = definition;
  switch (type) {
    case "string":
      return patterns.matches(definition.validation_regex, value) ? undefined : message || `must match ${definition.validation_regex}`;
    case "number":
      return problemWithNumber(definition, value, earlier);
    case "bool":
      return value === "true" || value === "false" ? undefined : "must be true or false";
    case "list(string)":
      return parseStrings(value) === undefined ? "must be a JSON list of strings" : undefined;
    default:
      return undefined;
  }
}

/** The maximum total time for the patterns of one build's parameters, in milliseconds. */
const PATTERNS_MS = 100;
const MATCH = new Script("new RegExp(pattern).test(value)");

/**
 * Matches users' values against the patterns of a template's author. Authors write these for Go, where no pattern takes long. Here one
 * such as `^(a+)+$` can take forever, and would block the whole server. Only a separate script can be interrupted.
 * A pattern that is not valid here, or takes too long, is left to the provider, which checks the value again during the plan.
 */
class PatternBudget {
  #leftMs = PATTERNS_MS;

  matches(pattern: string, value: string): boolean {
    if (pattern === "" || this.#leftMs <= 0) return true;
    const startedAt = performance.now();
    try {
      return MATCH.runInContext(createContext({ pattern, value }), { timeout: Math.ceil(this.#leftMs) }) === true;
    } catch (error) {
      if (hasText(error, "code", "ERR_SCRIPT_EXECUTION_TIMEOUT") || hasText(error, "name", "SyntaxError")) return true;
      throw error;
    } finally {
      this.#leftMs -= performance.now() - startedAt;
    }
  }
}

/** Compares a property as text, because an error from another context is not an instance of our classes. */
function hasText(error: unknown, key: "code" | "name", text: string): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, key) === text;
}

/** Checks a number. Without rules it may be a fraction, and the provider checks during the plan that it is a number at all. */
function problemWithNumber(definition: Definition, value: string, earlier: string | undefined): string | undefined {
  const { validation_min: min, validation_max: max, validation_monotonic: monotonic } = definition;
  if (min === null && max === null && monotonic === "") return undefined;
  if (!/^[+-]?\d+$/.test(value)) return authorsMessage(definition, value) || "must be a whole number";
  const number = Number(value);
  if ((min !== null && number < min) || (max !== null && number > max))
    return (
      authorsMessage(definition, value) ||
      `must be ${[min !== null && `at least ${min}`, max !== null && `at most ${max}`].filter(Boolean).join(" and ")}`
    );
  if (earlier === undefined || earlier === "") return undefined;
  if (monotonic === "increasing" && number < Number(earlier)) return `must not be below ${earlier}, its current value`;
  if (monotonic === "decreasing" && number > Number(earlier)) return `must not be above ${earlier}, its current value`;
  return undefined;
}

/** Returns the author's error text about a number with its placeholders filled in, which are the provider's; empty if there is none. */
function authorsMessage({ validation_error, validation_min, validation_max }: Definition, value: string): string {
  const places: Readonly<Record<string, string>> = {
    "{min}": String(validation_min ?? 0),
    "{max}": String(validation_max ?? 0),
    "{value}": value,
  };
  return validation_error.replaceAll(/\{(?:min|max|value)\}/g, (place) => places[place] ?? place);
}

function parseStrings(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === "string") ? parsed : undefined;
  } catch {
    return undefined;
  }
}
