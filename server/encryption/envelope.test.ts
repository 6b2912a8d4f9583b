import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createEncryption, DecryptionError } from "./envelope.ts";

const KEY = Buffer.alloc(32, 1);
const encryption = createEncryption([KEY]);

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

test("sealed bytes begin with their format and the key that opens them", () => {
  const sealed = Buffer.from(encryption.seal("p", Buffer.from("secret")));
  expect([sealed[0], sealed.toString("hex", 1, 9)]).toEqual([1, encryption.keyId]);
  // Format, key id, nonce, text, tag.
  expect(sealed.length).toBe(1 + 8 + 12 + "secret".length + 16);
});

test("a key's id is the same wherever the key is, another for another key, and says nothing of it", () => {
  expect(encryption.keyId).toMatch(/^[0-9a-f]{16}$/);
  expect(createEncryption([Buffer.from(KEY)]).keyId).toBe(encryption.keyId);
  expect(createEncryption([Buffer.alloc(32, 2)]).keyId).not.toBe(encryption.keyId);
  expect(KEY.toString("hex")).not.toContain(encryption.keyId);
});

test("a part of larger bytes opens as it is", () => {
  const sealed = encryption.seal("p", Buffer.from("secret"));
  const larger = new Uint8Array(sealed.length + 10);
  larger.set(sealed, 5);
  expect(encryption.open("p", larger.subarray(5, 5 + sealed.length)).toString()).toBe("secret");
  expect(() => encryption.open("p", larger)).toThrow(DecryptionError);
});

test("a key of another length, or none at all, is no way to begin", () => {
  for (const bytes of [0, 16, 31, 33]) expect(() => createEncryption([Buffer.alloc(bytes)]), `${bytes}`).toThrow(RangeError);
  expect(() => createEncryption([])).toThrow(RangeError);
});
