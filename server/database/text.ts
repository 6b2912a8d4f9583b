/** Text from programs, as a database takes it: PostgreSQL refuses zero bytes, and nobody misses them. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{FFFD}");
}
