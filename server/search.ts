/** The query language of lists: `key:value` terms that must all hold, and bare words for the list's own key. */
import { InvalidInputError } from "./errors.ts";

const INVALID = "query parameters have invalid values";

/**
 * The terms of a query, values in lower case and without their quotes.
 *
 * @param defaultKey what bare words are about; joined by spaces
 * @throws InvalidInputError naming `q` for a malformed term, and the key for one that the list does not have or that comes twice
 */
export function parseSearch<K extends string>(query: string, defaultKey: K, keys: readonly K[]): Partial<Record<K, string>> {
  const terms: Partial<Record<K, string>> = {};
  const words: string[] = [];
  for (const [term] of query.toLowerCase().matchAll(/(?:"[^"]*"|[^\s"])+/g)) {
    const [name = "", value, ...rest] = splitUnquoted(term);
    if (value === undefined) {
      words.push(unquoted(name));
      continue;
    }
    if (name === "" || value === "" || rest.length > 0)
      throw new InvalidInputError(INVALID, [{ field: "q", detail: `${JSON.stringify(term)} is no key:value term.` }]);
    const key = keys.find((known) => known === name);
    if (key === undefined)
      throw new InvalidInputError(INVALID, [{ field: name, detail: `This list has no key ${name}. It has: ${keys.join(", ")}.` }]);
    if (terms[key] !== undefined) throw new InvalidInputError(INVALID, [{ field: name, detail: "This key may stand once only." }]);
    terms[key] = unquoted(value);
  }
  if (words.length > 0) terms[defaultKey] ??= words.join(" ");
  return terms;
}

/** @throws InvalidInputError */
export function searchBoolean(key: string, value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw new InvalidInputError(INVALID, [{ field: key, detail: "Only true and false make sense here." }]);
}

/** At colons that an even number of double quotes follows. */
function splitUnquoted(term: string): string[] {
  return term.split(/:(?=(?:[^"]*"[^"]*")*[^"]*$)/);
}

function unquoted(text: string): string {
  return text.replaceAll('"', "");
}
