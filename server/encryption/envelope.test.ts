import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createEncryption, DecryptionError } from "./envelope.ts";

const encryption = createEncryption([Buffer.alloc(32, 1)]);

test("opens what it sealed, and the sealed bytes do not show it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (plain, purpose) => {
      const sealed = encryption.seal(purpose, plain);
      expect(encryption.open(purpose, sealed)).toEqual(Buffer.from(plain));
      return plain.length < 8 || !Buffer.from(sealed).includes(plain);
    }),
  );
});

test("seals the same bytes differently each time", () => {
  expect(encryption.seal("p", Buffer.from("x"))).not.toEqual(encryption.seal("p", Buffer.from("x")));
});

test("refuses another purpose, a changed byte and a cut end", () => {
  const sealed = encryption.seal("state:1", Buffer.from("secret"));
  expect(() => encryption.open("state:2", sealed)).toThrow(DecryptionError);
  expect(() => encryption.open("state:1", sealed.subarray(0, -1))).toThrow(DecryptionError);
  expect(() => encryption.open("state:1", new Uint8Array(3))).toThrow("state:1 is not sealed");
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
    expect(() => encryption.open("state:1", changed)).toThrow(DecryptionError);
  }
});

test("opens with an older key and seals with the first, and names a key that it lacks", () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)];
  const sealed = createEncryption([older]).seal("p", Buffer.from("x"));
  const both = createEncryption([newer, older]);
  expect(both.open("p", sealed).toString()).toBe("x");
  expect(both.keyId).toBe(createEncryption([newer]).keyId);
  expect(() => createEncryption([newer]).open("p", sealed)).toThrow(createEncryption([older]).keyId);
});
