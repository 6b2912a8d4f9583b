/** Where a 64-bit Windows program stores the position of its signature. Layout: "PE Format" in Microsoft's documentation. */
const HEADER_AT = 0x3c;
const MAGIC = 0x4550;
const OPTIONAL_HEADER = 24;
const PE32_PLUS = 0x20b;
/** The fifth data directory: offset and length of the certificates. */
const CERTIFICATES = OPTIONAL_HEADER + 112 + 4 * 8;

/**
 * Removes the pointer to Node's own signature from a Windows program, in place. What we put into the file has invalidated that signature,
 * and the pointer now leads into the new content: an unsigned program raises less suspicion than one with a broken signature.
 *
 * @returns whether this was such a program and had a signature
 */
export function dropWindowsSignature(program: Buffer): boolean {
  if (program.length < HEADER_AT + 4 || program.toString("latin1", 0, 2) !== "MZ") return false;
  const header = program.readUInt32LE(HEADER_AT);
  if (program.length < header + CERTIFICATES + 8 || program.readUInt32LE(header) !== MAGIC) return false;
  if (program.readUInt16LE(header + OPTIONAL_HEADER) !== PE32_PLUS) return false;
  const had = program.readBigUInt64LE(header + CERTIFICATES) !== 0n;
  program.fill(0, header + CERTIFICATES, header + CERTIFICATES + 8);
  return had;
}
