import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { signAdHoc } from "./mac-signature.ts";

const PAGE = 4096;
const LINK_EDIT_AT = 4 * PAGE;

/** The smallest Mach-O with everything that signing changes: two segments, a section after free space, and a tail shorter than a page. */
function executable({ room = 512, tail = 1_000 } = {}): Buffer {
  const file = Buffer.alloc(LINK_EDIT_AT + tail, 0xab).fill(0, 0, PAGE);
  const [text, linkEdit] = [32, 32 + 72 + 80];
  const commandsEnd = linkEdit + 72;
  for (const [index, word] of [0xfeedfacf, 0x0100000c, 0, 2, 2, commandsEnd - 32].entries()) file.writeUInt32LE(word, 4 * index);
  const segment = (at: number, name: string, size: number, [offset, length]: readonly [number, number], sections: number): void => {
    file.writeUInt32LE(0x19, at);
    file.writeUInt32LE(size, at + 4);
    file.write(name, at + 8, "latin1");
    file.writeBigUInt64LE(BigInt(offset), at + 40);
    file.writeBigUInt64LE(BigInt(length), at + 48);
    file.writeUInt32LE(sections, at + 64);
  };
  segment(text, "__TEXT", 72 + 80, [0, LINK_EDIT_AT], 1);
  file.writeUInt32LE(commandsEnd + room, text + 72 + 48);
  segment(linkEdit, "__LINKEDIT", 72, [LINK_EDIT_AT, tail], 0);
  return file;
}

/** Reads a signature as the kernel does, by its own offsets, and counts the pages that do not match it. */
function readSignature(file: Buffer) {
  let at = 32;
  let [offset, length] = [0, 0];
  for (let index = 0; index < file.readUInt32LE(16); index++) {
    if (file.readUInt32LE(at) === 0x1d) [offset, length] = [file.readUInt32LE(at + 8), file.readUInt32LE(at + 12)];
    at += file.readUInt32LE(at + 4);
  }
  const blob = file.subarray(offset, offset + length);
  const directory = blob.subarray(blob.readUInt32BE(16));
  const [hashesAt, pages, covered] = [directory.readUInt32BE(16), directory.readUInt32BE(28), directory.readUInt32BE(32)];
  const broken = Array.from({ length: pages }, (_, page) => {
    const code = file.subarray(page * PAGE, Math.min((page + 1) * PAGE, covered));
    return createHash("sha256")
      .update(code)
      .digest()
      .equals(directory.subarray(hashesAt + page * 32, hashesAt + page * 32 + 32));
  }).filter((isRight) => !isRight).length;
  const name = directory.subarray(directory.readUInt32BE(20));
  return {
    magic: [blob.readUInt32BE(0), directory.readUInt32BE(0)],
    flags: directory.readUInt32BE(12),
    name: name.toString("latin1", 0, name.indexOf(0)),
    text: [directory.readBigUInt64BE(64), directory.readBigUInt64BE(72)],
    covered,
    offset,
    pages,
    broken,
    end: offset + length,
  };
}

test("covers every page before itself, including the command that points to it", () => {
  const signed = signAdHoc(executable(), "program");
  expect(readSignature(signed)).toEqual({
    magic: [0xfade0cc0, 0xfade0c02],
    flags: 2,
    name: "program",
    text: [0n, BigInt(LINK_EDIT_AT)],
    covered: LINK_EDIT_AT + 1_008,
    offset: LINK_EDIT_AT + 1_008,
    pages: 5,
    broken: 0,
    end: signed.length,
  });
});

test("is broken by any change to what it covers", () => {
  const signed = signAdHoc(executable(), "program");
  signed[LINK_EDIT_AT - 1] = 0;
  expect(readSignature(signed).broken).toBe(1);
});

test("is in the last segment, whose memory is whole pages", () => {
  const signed = signAdHoc(executable(), "program");
  const linkEdit = 32 + 72 + 80;
  expect(Number(signed.readBigUInt64LE(linkEdit + 40) + signed.readBigUInt64LE(linkEdit + 48))).toBe(signed.length);
  expect(signed.readBigUInt64LE(linkEdit + 32)).toBe(0x4000n);
});

for (const { what, file, says } of [
  { what: "a file of another kind", file: Buffer.from("#!/bin/sh\n"), says: "not a Mach-O" },
  { what: "a file without room for one more command", file: executable({ room: 8 }), says: "laid out" },
  { what: "a file that is signed", file: signAdHoc(executable(), "program"), says: "already" },
]) {
  test(`refuses ${what}`, () => expect(() => signAdHoc(file, "program")).toThrow(says));
}
