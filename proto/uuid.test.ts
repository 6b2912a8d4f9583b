import fc from "fast-check";
import { expect, test } from "vitest";
import { uuidFromBytes, uuidToBytes } from "#proto/uuid.ts";

test("converts text to bytes and back", () => {
  fc.assert(fc.property(fc.uuid(), (uuid) => uuidFromBytes(uuidToBytes(uuid)) === uuid));
  expect([...uuidToBytes("00112233-4455-6677-8899-AABBCCDDEEFF")]).toEqual(Array.from({ length: 16 }, (_, n) => n * 17));
});

test("rejects anything that is not a UUID", () => {
  for (const text of ["", "00112233445566778899aabbccddeeff", "{00112233-4455-6677-8899-aabbccddeeff}", "x"])
    expect(() => uuidToBytes(text)).toThrow(RangeError);
  for (const size of [0, 15, 17, 36]) expect(uuidFromBytes(new Uint8Array(size))).toBeUndefined();
});
