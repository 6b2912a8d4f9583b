/**
 * Takes JSON apart without reading its numbers: Terraform's have up to 154 significant digits, and JSON.parse keeps 17. The text must be valid
 * JSON, see {@link isJson}. Nothing here calls itself, because Terraform's values nest deeper than the call stack.
 */

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"[\]{},:]+|[[\]{},:]/g;

/** Whether the text is one value in JSON, with nothing around it but spaces. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the members of an object, each with the source of its value, in the order of the text. Of a list, those of all objects in it, which is
 * how Terraform reads repeated blocks. Other values have none.
 */
export function membersOf(source: string): [name: string, value: string][] {
  const members: [string, string][] = [];
  const text = source.trim();
  const level = text.startsWith("{") ? 1 : text.startsWith("[") ? 2 : 0;
  /** The brackets around the token, from the outside. */
  const open: string[] = [];
  let name: string | undefined;
  let start = -1;
  const end = (at: number): void => {
    if (name !== undefined && start >= 0) members.push([name, text.slice(start, at).trim()]);
    [name, start] = [undefined, -1];
  };
  for (const { 0: token, index } of level === 0 ? [] : text.matchAll(TOKEN)) {
    const isHere = open.length === level && open.at(-1) === "{";
    if (token === "{" || token === "[") open.push(token);
    else if (token === "}" || token === "]") {
      if (isHere) end(index);
      open.pop();
    } else if (!isHere) continue;
    else if (token === ",") end(index);
    else if (token === ":") start = index + 1;
    else if (name === undefined) name = JSON.parse(token);
  }
  return members;
}

/** Follows names from object to object. Undefined if one of them is missing; of repeated names, the last one counts, as for JSON.parse. */
export function sourceAt(source: string, names: readonly string[]): string | undefined {
  let found: string | undefined = source;
  for (const name of names) found = membersOf(found ?? "").findLast(([member]) => member === name)?.[1];
  return found;
}

/** Removes what does not change the value: spaces, and escapes that no string needs. */
export function compactJson(source: string): string {
  let compact = "";
  for (const [token] of source.matchAll(TOKEN)) compact += token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
  return compact;
}

/** Returns a value as people write it in a form or on a command line: a string without quotes, null as nothing, and anything else as JSON. */
export function plainValue(source: string): string {
  const json = compactJson(source);
  if (json === "null") return "";
  return json.startsWith('"') ? JSON.parse(json) : json;
}
