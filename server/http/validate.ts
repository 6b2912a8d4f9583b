import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { Value } from "typebox/value";
import { redactSecrets } from "#credentials/secret.ts";
import type { ValidationError } from "#sdk/response.ts";
import { HttpError } from "./http-error.ts";

/** Checks bodies, queries and paths against their TypeBox schemas, and reports what is wrong in the API's own form. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  return (given: unknown) => {
    // A body is checked as it is. Everything in a query or path arrives as text, which is usually the right type.
    const isGood = httpPart !== "body" && check.Check(given);
    const value = isGood ? given : httpPart === "body" ? withoutNulls(given) : Value.Convert(schema, given);
    const isValid = isGood || check.Check(value);
    const problems = isValid ? misplacedTexts(value, httpPart === "body" ? textProblem : nulProblem) : tooLongLists(schema, value);
    if (problems.length > 0) return { error: new HttpError(400, { message: "Validation failed.", validations: problems }) };
    if (isValid) return { value };
    const errors = check.Errors(httpPart === "body" ? abridged(value) : value);
    switch (httpPart) {
      case "body":
        return { error: bodyError(value, errors) };
      case "params":
        return { error: new HttpError(400, { message: "The path contains an invalid value.", validations: validationsOf(errors) }) };
      default:
        return { error: new HttpError(400, { message: "Query parameters have invalid values.", validations: validationsOf(errors) }) };
    }
  };
};

/** Fields where people put what a template or a login requires, and agents what their programs print. */
const MAY_HOLD_SECRETS = new Set(["value", "output", "password", "old_password"]);

/** What programs print may contain NUL, which is replaced where it is stored. */
const MAY_HOLD_NUL = "output";

type TextProblem = (text: string, field: string) => string | undefined;

function misplacedTexts(value: unknown, problemOf: TextProblem, path: readonly string[] = []): ValidationError[] {
  if (typeof value === "string") {
    const detail = problemOf(value, path.at(-1) ?? "");
    return detail === undefined ? [] : [{ field: path.join("."), detail }];
  }
  if (typeof value !== "object" || value === null) return [];
  const found: ValidationError[] = [];
  for (const [key, item] of Object.entries(value)) {
    const detail = problemOf(key, "");
    if (detail !== undefined) found.push({ field: path.join("."), detail });
    if (typeof item === "string" || typeof item === "object") found.push(...misplacedTexts(item, problemOf, [...path, key]));
  }
  return found;
}

/** A token in a name or a description would be stored, shown and searched, and everybody who reads it there could use it. */
function textProblem(text: string, field: string): string | undefined {
  if (!MAY_HOLD_SECRETS.has(field) && redactSecrets(text) !== text)
    return "The value contains a token or key, and others can see this field: remove it.";
  return nulProblem(text, field);
}

/** PostgreSQL's texts cannot hold it, and no name or value needs it. */
function nulProblem(text: string, field: string): string | undefined {
  return field !== MAY_HOLD_NUL && text.includes("\0") ? "The value contains a NUL character: remove it." : undefined;
}

/** Deeper than any request of the API, and shallow enough for the stack. */
const MAX_DEPTH = 64;

/** Go clients send `null` for a nil map, list or pointer, which means the same as leaving the key out. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) throw new HttpError(400, { message: "The request body is nested too deeply." });
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item, depth + 1)]));
}

/** Found by itself, because only the first entries of a list are described. */
function tooLongLists(schema: TSchema, value: unknown, path: readonly string[] = []): ValidationError[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    const { maxItems = Number.POSITIVE_INFINITY, items = {} } = schema as { readonly maxItems?: number; readonly items?: TSchema };
    if (value.length > maxItems) return [{ field: path.join("."), detail: `must not have more than ${maxItems} items` }];
    return value.slice(0, ENTRIES_DESCRIBED).flatMap((item, at) => tooLongLists(items, item, [...path, String(at)]));
  }
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, TSchema>> };
  return Object.entries(properties).flatMap(([key, one]) => tooLongLists(one, Reflect.get(value, key), [...path, key]));
}

/** A wrong entry further down a list is also refused, but not described. */
const ENTRIES_DESCRIBED = 1_000;

/** Describing what is wrong with an entry costs far more than finding that it is wrong: a second of work for a body full of wrong ones. */
function abridged(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.slice(0, ENTRIES_DESCRIBED).map(abridged);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, abridged(item)]));
}

function bodyError(value: unknown, errors: readonly TLocalizedValidationError[]): HttpError {
  const validations = validationsOf(errors);
  const isWrongType = typeof value !== "object" || value === null || errors.some((error) => error.keyword === "type");
  if (!isWrongType) return new HttpError(400, { message: "Validation failed.", validations });
  const detail = validations.map(({ field, detail }) => (field === "" ? detail : `${field}: ${detail}`)).join("; ");
  const named = validations.filter(({ field }) => field !== "");
  return new HttpError(400, { message: "Request body must be valid JSON.", detail, ...(named.length > 0 && { validations: named }) });
}

function validationsOf(errors: readonly TLocalizedValidationError[]): ValidationError[] {
  const found = new Map<string, string>();
  for (const error of errors) {
    const at = error.instancePath.split("/").slice(1).join(".");
    const missing = error.keyword === "required" ? error.params.requiredProperties : [];
    const fields = missing.length === 0 ? [at] : missing.map((name) => (at === "" ? name : `${at}.${name}`));
    for (const field of fields) if (!found.has(field)) found.set(field, missing.length === 0 ? error.message : "This field is required.");
  }
  return [...found].map(([field, detail]) => ({ field, detail }));
}
