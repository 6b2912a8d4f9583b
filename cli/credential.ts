/** A session key or API token as text: `<id>-<secret>`. Only its form is looked at; whether it opens anything, the server knows. */

export interface Credential {
  /** The public half, which may be shown and sent in addresses. */
  readonly id: string;
  readonly kind: "session" | "token";
}

const FORM = /^([0-9A-Za-z]{10})-pv([st])_/;

/** Undefined for a text that is none, such as a token's name. One that was not copied whole counts still, so that it is treated as a secret. */
export function parseCredential(text: string): Credential | undefined {
  const [, id, kind] = FORM.exec(text) ?? [];
  return id === undefined ? undefined : { id, kind: kind === "t" ? "token" : "session" };
}
