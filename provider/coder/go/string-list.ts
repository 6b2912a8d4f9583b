/**
 * A JSON text as Go's `json.Unmarshal` reads it into a slice of strings: null is no strings, and a null among them is an empty one.
 *
 * @returns undefined if the text is no JSON, or another kind of it
 */
export function parseStringList(text: string): readonly string[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (parsed === null) return [];
  if (!Array.isArray(parsed)) return undefined;
  const found: string[] = [];
  for (const item of parsed) {
    if (item !== null && typeof item !== "string") return undefined;
    // An escape that is half of a pair of surrogates names no letter.
    found.push((item ?? "").toWellFormed());
  }
  return found;
}
