/** UUIDs in their two forms: text with dashes in lower case, and the 16 bytes in which most messages carry them. */

const TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** @throws RangeError if the text is no dashed UUID */
export function uuidToBytes(text: string): Uint8Array<ArrayBuffer> {
  if (!TEXT.test(text)) throw new RangeError(`${JSON.stringify(text.slice(0, 64))} is no UUID`);
  return new Uint8Array(Buffer.from(text.replaceAll("-", ""), "hex"));
}

/** Undefined for anything but 16 bytes: what came over the wire may be anything. */
export function uuidFromBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined;
  return Buffer.from(bytes)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
