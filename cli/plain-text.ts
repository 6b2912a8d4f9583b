/** All characters that a terminal may take for a command: C0 without tab and line break, DEL, C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const COMMANDS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/**
 * Makes text from others (a template's output, a server's message) safe for a terminal: an escape sequence could set the clipboard or
 * overwrite the lines above it. A character that the terminal would obey is shown instead, as `\x1b`.
 */
export function plainText(text: string): string {
  return text.replace(COMMANDS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
