import { goQuote } from "./quote.ts";

/** The part of a URL that contains a text, which determines what must be escaped. */
export type Escaping = "path" | "user" | "host" | "zone" | "fragment";

const UNRESERVED = /[A-Za-z0-9\-_.~]/;
const ALLOWED: Record<Escaping, RegExp> = {
  path: /[$&+,/:;=@]/,
  user: /[$&+,;=]/,
  host: /[!$&'()*+,;=:[\]<>"]/,
  zone: /[!$&'()*+,;=:[\]<>"]/,
  fragment: /[$&+,/:;=?@!()*]/,
};

/** Escapes, byte by byte, what a part may not contain. */
export function escapeGo(bytes: string, where: Escaping): string {
  return bytes.replace(/[\s\S]/g, (byte) =>
    mayStand(byte, where) ? byte : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** @throws SyntaxError for a broken escape, and for what a host may not contain */
export function unescapeGo(bytes: string, where: Escaping): string {
  const inHost = where === "host" || where === "zone";
  return bytes.replace(/%([0-9A-Fa-f]{2})?|[\s\S]/g, (part, hex: string | undefined, at: number) => {
    if (!part.startsWith("%")) {
      if (inHost && part < "\x80" && !mayStand(part, where)) throw new SyntaxError(`invalid character ${goQuote(part)} in host name`);
      return part;
    }
    // A host has no escapes for ASCII, except for a zone's percent sign.
    const refused = hex === undefined || (where === "host" && hex < "8" && hex !== "25");
    if (refused) throw new SyntaxError(`invalid URL escape ${goQuote(bytes.slice(at, at + 3))}`);
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
}

/** Whether a path or fragment can be printed as it was written. */
export function escapesNothing(bytes: string): boolean {
  return /^[A-Za-z0-9\-_.~!$&'()*+,/;=:@[\]%]*$/.test(bytes);
}

function mayStand(byte: string, where: Escaping): boolean {
  return UNRESERVED.test(byte) || ALLOWED[where].test(byte);
}
