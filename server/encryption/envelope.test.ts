import { expect, test } from "vitest";
import { createEncryption, DecryptionError } from "./envelope.ts";

const KEY = Buffer.alloc(32, 1);
const encryption = createEncryption([KEY]);

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
