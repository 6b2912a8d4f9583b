/**
 * Parses JSON as Go's `json.Unmarshal` does into a slice of strings: null is an empty list, and a null element is an empty string.
 *
 * @returns undefined if the text is not JSON, or not a list of strings
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
    // An escape for half of a surrogate pair denotes no character.
    found.push((item ?? "").toWellFormed());
  }
  return found;
}
