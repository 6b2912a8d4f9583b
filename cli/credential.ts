/** A session key or API token as text: `<id>-<secret>`. Only its form is checked; whether it is valid, only the server knows. */

export interface ParsedCredential {
  /** The public half, which may be shown and sent in URLs. */
  readonly id: string;
  readonly kind: "session" | "token";
}

const FORM = /^([0-9A-Za-z]{10})-pv([st])_/;

/** Returns undefined for any other text, such as a token's name. An incomplete credential still counts, and is treated as a secret. */
export function parseCredential(text: string): ParsedCredential | undefined {
  const [, id, kind] = FORM.exec(text) ?? [];
  return id === undefined ? undefined : { id, kind: kind === "t" ? "token" : "session" };
}
