/** Makes text from programs storable: PostgreSQL refuses zero bytes, which carry no meaning in text. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\u{FFFD}");
}
