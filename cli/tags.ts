/** `key=value` pairs in one line, sorted. */
export function formatTags(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(" ");
}
