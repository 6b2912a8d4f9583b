/** Formats tags as sorted `key=value` pairs on one line. */
export function formatTags(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(" ");
}
