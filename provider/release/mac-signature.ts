/**
 * The signature that macOS on Apple silicon requires of every executable. Node's own signature is broken by what we put into the file.
 * This one names no author ("ad hoc"), like the one that linkers write. It is not a notarization: Gatekeeper still asks about files that
 * a browser downloaded.
 *
 * Layouts: `mach-o/loader.h` and `kern/cs_blobs.h` of Apple's xnu.
 */
import { createHash } from "node:crypto";
import { ReleaseError } from "./release-error.ts";

const MACHO_64 = 0xfeedfacf;
const HEADER_LENGTH = 32;
const SEGMENT_64 = 0x19;
const CODE_SIGNATURE = 0x1d;
const COMMAND_LENGTH = 16;
/** Offsets within a segment's command. */
const SEGMENT = { name: 8, memorySize: 32, fileOffset: 40, fileSize: 48, sectionCount: 64, sections: 72 };
const SECTION = { length: 80, fileOffset: 48 };

const SUPER_BLOB = 0xfade0cc0;
const SUPER_BLOB_LENGTH = 20;
const CODE_DIRECTORY = 0xfade0c02;
const CODE_DIRECTORY_LENGTH = 88;
/** The version with the fields of the executable segment. */
const VERSION = 0x20400;
const AD_HOC = 0x2;
const SHA256 = { id: 2, length: 32 };
const MAIN_BINARY = 1n;
const PAGE_BITS = 12;

interface Command {
  readonly id: number;
  readonly at: number;
  readonly length: number;
}

export function isMachO(file: Buffer): boolean {
  return file.length >= HEADER_LENGTH && file.readUInt32LE(0) === MACHO_64;
}

/**
 * Signs a thin 64-bit Mach-O executable that has no signature.
 *
 * @param identifier the system's name for the program
 * @throws ReleaseError if the file is not such an executable, is signed, or has no room for the command that points to a signature
 */
export function signAdHoc(executable: Buffer, identifier: string): Buffer {
  if (!isMachO(executable)) throw new ReleaseError("cannot sign the file: it is not a Mach-O executable");
  const commands = loadCommands(executable);
  if (commands.some(({ id }) => id === CODE_SIGNATURE)) throw new ReleaseError("cannot sign the Mach-O executable: it is already signed");
  const segments = commands.filter(({ id }) => id === SEGMENT_64);
  const [text, linkEdit] = ["__TEXT", "__LINKEDIT"].map((name) => segments.find((segment) => nameOf(executable, segment) === name));
  const commandsEnd = HEADER_LENGTH + executable.readUInt32LE(20);
  if (text === undefined || linkEdit === undefined || commandsEnd + COMMAND_LENGTH > firstSection(executable, segments))
    throw new ReleaseError("cannot sign the Mach-O executable: it is laid out in an unknown way");

  const signatureAt = align(executable.length, 16);
  const signatureLength = align(signatureSize(signatureAt, identifier), 16);
  const signed = Buffer.alloc(signatureAt + signatureLength);
  executable.copy(signed);

  const size = BigInt(signed.length) - signed.readBigUInt64LE(linkEdit.at + SEGMENT.fileOffset);
  signed.writeBigUInt64LE(size, linkEdit.at + SEGMENT.fileSize);
  // Pages have 16 KiB on Apple silicon, which does no harm on Intel.
  signed.writeBigUInt64LE(BigInt(align(Number(size), 0x4000)), linkEdit.at + SEGMENT.memorySize);
  signed.writeUInt32LE(commands.length + 1, 16);
  signed.writeUInt32LE(commandsEnd - HEADER_LENGTH + COMMAND_LENGTH, 20);
  for (const [index, field] of [CODE_SIGNATURE, COMMAND_LENGTH, signatureAt, signatureLength].entries())
    signed.writeUInt32LE(field, commandsEnd + 4 * index);

  // This comes last, because the signature covers everything before it, including the new command.
  const textSegment = {
    offset: signed.readBigUInt64LE(text.at + SEGMENT.fileOffset),
    size: signed.readBigUInt64LE(text.at + SEGMENT.fileSize),
  };
  signatureOf(signed.subarray(0, signatureAt), identifier, textSegment).copy(signed, signatureAt);
  return signed;
}

function signatureSize(codeLength: number, identifier: string): number {
  return SUPER_BLOB_LENGTH + CODE_DIRECTORY_LENGTH + identifier.length + 1 + Math.ceil(codeLength / 2 ** PAGE_BITS) * SHA256.length;
}

function signatureOf(code: Buffer, identifier: string, text: { readonly offset: bigint; readonly size: bigint }): Buffer {
  const signature = Buffer.alloc(signatureSize(code.length, identifier));
  const pages = Math.ceil(code.length / 2 ** PAGE_BITS);
  const words = (at: number, values: readonly number[]): void => {
    for (const [index, value] of values.entries()) signature.writeUInt32BE(value, at + 4 * index);
  };
  // It contains one blob, in slot 0: the code directory.
  words(0, [SUPER_BLOB, signature.length, 1, 0, SUPER_BLOB_LENGTH]);
  const directory = SUPER_BLOB_LENGTH;
  const hashes = CODE_DIRECTORY_LENGTH + identifier.length + 1;
  words(directory, [CODE_DIRECTORY, signature.length - directory, VERSION, AD_HOC, hashes, CODE_DIRECTORY_LENGTH, 0, pages, code.length]);
  signature.set([SHA256.length, SHA256.id, 0, PAGE_BITS], directory + 36);
  signature.writeBigUInt64BE(text.offset, directory + 64);
  signature.writeBigUInt64BE(text.size, directory + 72);
  signature.writeBigUInt64BE(MAIN_BINARY, directory + 80);
  signature.write(identifier, directory + CODE_DIRECTORY_LENGTH, "latin1");
  for (let page = 0; page < pages; page++) {
    const hash = createHash("sha256").update(code.subarray(page << PAGE_BITS, (page + 1) << PAGE_BITS));
    hash.digest().copy(signature, directory + hashes + page * SHA256.length);
  }
  return signature;
}

function loadCommands(executable: Buffer): Command[] {
  const commands: Command[] = [];
  let at = HEADER_LENGTH;
  for (let index = 0; index < executable.readUInt32LE(16); index++) {
    const length = executable.readUInt32LE(at + 4);
    commands.push({ id: executable.readUInt32LE(at), at, length });
    at += length;
  }
  return commands;
}

function nameOf(executable: Buffer, segment: Command): string {
  const name = executable.toString("latin1", segment.at + SEGMENT.name, segment.at + SEGMENT.name + 16);
  return name.split("\0")[0] ?? "";
}

/** The offset of the first byte after the header. */
function firstSection(executable: Buffer, segments: readonly Command[]): number {
  const offsets = segments.flatMap(({ at }) =>
    Array.from({ length: executable.readUInt32LE(at + SEGMENT.sectionCount) }, (_, index) =>
      executable.readUInt32LE(at + SEGMENT.sections + index * SECTION.length + SECTION.fileOffset),
    ),
  );
  return Math.min(...offsets.filter((offset) => offset > 0));
}

function align(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}
