/** The query language of lists: `key:value` terms that must all hold, and bare words for the list's default key. */
import { InvalidInputError } from "../errors.ts";

const INVALID = "query parameters have invalid values";

/**
 * Returns the terms of a query, with values in lower case and without quotes.
 *
 * @param defaultKey the key of bare words, which are joined by spaces
 * @param lists keys whose values are lists: separated by commas, or with the key repeated, which means the same
 * @throws InvalidInputError naming `q` for a malformed term, and the key if the list does not have it or if it is repeated
 */
export function parseSearch<K extends string>(
  query: string,
  defaultKey: K,
  keys: readonly K[],
  lists: readonly K[] = [],
): Partial<Record<K, string>> {
  const terms: Partial<Record<K, string>> = {};
  const words: string[] = [];
  for (const [term] of query.toLowerCase().matchAll(/(?:"[^"]*"|[^\s"])+/g)) {
    const [name = "", value, ...rest] = splitUnquoted(term);
    if (value === undefined) {
      words.push(unquoted(name));
      continue;
    }
    if (name === "" || value === "" || rest.length > 0)
      throw new InvalidInputError(INVALID, [{ field: "q", detail: `${JSON.stringify(term)} is not a key:value term.` }]);
    const key = keys.find((known) => known === name);
    if (key === undefined)
      throw new InvalidInputError(INVALID, [
        { field: name, detail: `This list has no search key ${name}. Expected one of: ${keys.join(", ")}.` },
      ]);
    const before = terms[key];
    if (before !== undefined && !lists.includes(key))
      throw new InvalidInputError(INVALID, [{ field: name, detail: "This key may appear only once." }]);
    terms[key] = before === undefined ? unquoted(value) : `${before},${unquoted(value)}`;
  }
  if (words.length > 0) terms[defaultKey] ??= words.join(" ");
  return terms;
}

/** @throws InvalidInputError */
export function searchBoolean(key: string, value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw new InvalidInputError(INVALID, [{ field: key, detail: "Expected true or false." }]);
}

/** Parses a comma-separated list of known values. @throws InvalidInputError */
export function searchValues<T extends string>(key: string, value: string, known: readonly T[]): T[] {
  return value.split(",").map((text) => {
    const found = known.find((one) => one === text);
    if (found !== undefined) return found;
    throw new InvalidInputError(INVALID, [{ field: key, detail: `Expected one of: ${known.join(", ")}.` }]);
  });
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** @throws InvalidInputError */
export function searchTime(key: string, value: string): Date {
  const text = value.toUpperCase();
  const time = new Date(RFC_3339.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new InvalidInputError(INVALID, [{ field: key, detail: 'Expected a time such as "2026-01-31T12:00:00Z", in quotes.' }]);
  return time;
}

/** Splits at colons outside double quotes, which are all closed. Looks at each character once, because a URL can contain a long term. */
function splitUnquoted(term: string): string[] {
  const parts = [""];
  for (const [piece] of term.matchAll(/"[^"]*"|[^":]+|:/g)) {
    if (piece === ":") parts.push("");
    else parts.push(`${parts.pop()}${piece}`);
  }
  return parts;
}

function unquoted(text: string): string {
  return text.replaceAll('"', "");
}
