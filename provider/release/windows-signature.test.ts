import { expect, test } from "vitest";
import { dropWindowsSignature } from "./windows-signature.ts";

function program(certificates: readonly [number, number]): Buffer {
  const file = Buffer.alloc(512, 0xab);
  file.write("MZ", "latin1");
  file.writeUInt32LE(128, 0x3c);
  file.write("PE\0\0", 128, "latin1");
  file.writeUInt16LE(0x20b, 128 + 24);
  file.writeUInt32LE(certificates[0], 128 + 24 + 112 + 32);
  file.writeUInt32LE(certificates[1], 128 + 24 + 112 + 36);
  return file;
}

test("removes the pointer to a signature, and changes nothing else", () => {
  const signed = program([256, 15_688]);
  expect(dropWindowsSignature(signed)).toBe(true);
  expect(signed).toEqual(program([0, 0]));
  expect(dropWindowsSignature(signed)).toBe(false);
});

for (const { what, file } of [
  { what: "a script", file: Buffer.from("#!/bin/sh\n") },
  { what: "a file that only begins like a program", file: Buffer.concat([Buffer.from("MZ"), Buffer.alloc(80)]) },
]) {
  test(`${what} stays unchanged`, () => {
    const before = Buffer.from(file);
    expect(dropWindowsSignature(file)).toBe(false);
    expect(file).toEqual(before);
  });
}
