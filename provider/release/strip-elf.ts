/** Offsets in a little-endian 64-bit ELF file: the parts of its header and of a section's header that stripping needs. */
const HEADER = { sectionsOffset: 0x28, sectionSize: 0x3a, sectionCount: 0x3c, namesIndex: 0x3e, length: 0x40 };
const SECTION = { name: 0x00, type: 0x04, flags: 0x08, offset: 0x18, size: 0x20, link: 0x28, align: 0x30, length: 0x40 };
const NO_BITS = 8;
const STRING_TABLE = 3;
const IN_MEMORY = 0x2n;
const MAGIC = Buffer.from("\x7fELF\x02\x01", "latin1");

/**
 * Removes from an executable what is never read when it runs: symbols and debug information, which are a fifth of Node. Terraform hashes a
 * provider's whole package before each command, so every byte costs time. What is loaded into memory stays the same, byte for byte.
 *
 * @returns a copy, or the same bytes if they are not a 64-bit ELF file, or are laid out in a way that this function does not know
 */
export function stripElf(executable: Buffer): Buffer {
  if (!executable.subarray(0, MAGIC.length).equals(MAGIC)) return executable;
  const at = Number(executable.readBigUInt64LE(HEADER.sectionsOffset));
  const count = executable.readUInt16LE(HEADER.sectionCount);
  if (at === 0 || count === 0 || executable.readUInt16LE(HEADER.sectionSize) !== SECTION.length) return executable;
  const all = Array.from({ length: count }, (_, index) =>
    executable.subarray(at + index * SECTION.length, at + (index + 1) * SECTION.length),
  );
  const isLoaded = (section: Buffer): boolean => (section.readBigUInt64LE(SECTION.flags) & IN_MEMORY) !== 0n;

  // Linkers write the loaded sections first. Only then do the numbers by which sections and symbols refer to sections stay valid.
  const end = all.findIndex((section, index) => index > 0 && !isLoaded(section));
  const names = all[executable.readUInt16LE(HEADER.namesIndex)];
  if (end === -1 || names === undefined || all.slice(end).some(isLoaded)) return executable;
  const kept = all.slice(0, end);
  if (kept.some((section) => section.readUInt32LE(SECTION.link) >= end)) return executable;
  const dataEnd = Math.max(...kept.map(endOf), HEADER.length);

  const [strings, nameOffsets] = nameTable([...kept, names].map((section) => nameOf(section, names, executable)));
  const headers = [...kept, names].map((section, index) => {
    const header = Buffer.from(section);
    header.writeUInt32LE(nameOffsets[index] ?? 0, SECTION.name);
    return header;
  });
  headers.at(-1)?.writeBigUInt64LE(BigInt(dataEnd), SECTION.offset);
  headers.at(-1)?.writeBigUInt64LE(BigInt(strings.length), SECTION.size);

  const padding = -(dataEnd + strings.length) & 7;
  const stripped = Buffer.concat([executable.subarray(0, dataEnd), strings, Buffer.alloc(padding), ...headers]);
  stripped.writeBigUInt64LE(BigInt(dataEnd + strings.length + padding), HEADER.sectionsOffset);
  stripped.writeUInt16LE(headers.length, HEADER.sectionCount);
  stripped.writeUInt16LE(headers.length - 1, HEADER.namesIndex);
  return stripped;
}

function endOf(section: Buffer): number {
  if (section.readUInt32LE(SECTION.type) === NO_BITS) return 0;
  return Number(section.readBigUInt64LE(SECTION.offset) + section.readBigUInt64LE(SECTION.size));
}

function nameOf(section: Buffer, names: Buffer, executable: Buffer): string {
  if (names.readUInt32LE(SECTION.type) !== STRING_TABLE) return "";
  const start = Number(names.readBigUInt64LE(SECTION.offset)) + section.readUInt32LE(SECTION.name);
  return executable.toString("latin1", start, executable.indexOf(0, start));
}

/** The names in sequence, each terminated by a zero byte, and the offset of each. */
function nameTable(names: readonly string[]): [Buffer, number[]] {
  const offsets: number[] = [];
  let text = "\0";
  for (const name of names) {
    offsets.push(name === "" ? 0 : text.length);
    if (name !== "") text += `${name}\0`;
  }
  return [Buffer.from(text, "latin1"), offsets];
}
