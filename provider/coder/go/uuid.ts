/** Parses UUIDs as Go programs commonly do, which accepts more forms than anybody writes. */

export const NIL_UUID = "00000000-0000-0000-0000-000000000000";

/**
 * Accepts the usual form, 32 digits without hyphens, the form in braces (whose first and last characters are not checked) and `urn:uuid:`.
 *
 * @returns the usual form in lower case
 * @throws SyntaxError that says what is wrong, without the text
 */
export function parseGoUuid(text: string): string {
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  switch (bytes.length) {
    case 32:
      return canonical(bytes);
    case 36:
      return withHyphens(bytes);
    case 38:
      return withHyphens(bytes.slice(1, -1));
    case 45:
      if (!/^urn:uuid:/i.test(bytes)) throw new SyntaxError("invalid UUID format: it does not begin with urn:uuid:");
      return withHyphens(bytes.slice("urn:uuid:".length));
    default:
      throw new SyntaxError(`invalid UUID length: ${bytes.length}`);
  }
}

/** Undefined for a text that is not a UUID. */
export function findGoUuid(text: string): string | undefined {
  try {
    return parseGoUuid(text);
  } catch {
    return undefined;
  }
}

function withHyphens(bytes: string): string {
  if ([8, 13, 18, 23].some((place) => bytes[place] !== "-")) throw new SyntaxError("invalid UUID format");
  return canonical(bytes.slice(0, 8) + bytes.slice(9, 13) + bytes.slice(14, 18) + bytes.slice(19, 23) + bytes.slice(24));
}

function canonical(digits: string): string {
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw new SyntaxError("invalid UUID format");
  return digits.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
