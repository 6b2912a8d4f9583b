/** A known secret, and everything that would give it away. */
export interface Canary {
  readonly name: string;
  readonly text: string;
}

/** The forms of a text in which programs store and send it: as it is, hexadecimal, and base64 at each of its three positions. */
export function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [text, bytes.toString("hex"), ...[0, 1, 2].map((shift) => inBase64(bytes, shift))];
}

/** The part of the base64 of `bytes` that does not depend on what stands around them, `shift` bytes after a multiple of three. */
function inBase64(bytes: Buffer, shift: number): string {
  const from = (3 - shift) % 3;
  const whole = Math.floor((bytes.length - from) / 3) * 3;
  return bytes.subarray(from, from + whole).toString("base64");
}

/** Names those whose text `found` contains in any form, in plain text or in bytes. */
export function canariesIn(found: string | Uint8Array, canaries: readonly Canary[]): readonly string[] {
  const bytes = Buffer.from(found);
  return canaries.filter(({ text }) => formsOf(text).some((form) => bytes.includes(form))).map(({ name }) => name);
}
