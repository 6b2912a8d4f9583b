/** The two forms of UUIDs: lower-case text with dashes, and the 16 bytes that most messages contain. */

const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws RangeError if the text is not a UUID with dashes */
export function uuidToBytes(text: string): Uint8Array<ArrayBuffer> {
  if (!TEXT.test(text)) throw new RangeError(`${JSON.stringify(text.slice(0, 64))} is not a UUID`);
  return new Uint8Array(Buffer.from(text.replaceAll("-", ""), "hex"));
}

/** Undefined unless there are exactly 16 bytes, because the wire may deliver anything. */
export function uuidFromBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined;
  return Buffer.from(bytes)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
