/** Everything that a terminal takes for a command: C0 without tab and line break, DEL, C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const COMMANDS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * Text of others (a template's output, a server's words), fit for a terminal: an escape sequence could set the clipboard or paint over
 * what stands above it. What would be obeyed is shown instead, as `\x1b`.
 */
export function plainText(text: string): string {
  return text.replace(COMMANDS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
