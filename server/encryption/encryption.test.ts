import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createEncryption, DecryptionError } from "./envelope.ts";
import { EncryptionKeyError, loadKeyFile } from "./key-file.ts";

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

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "proviso-key-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test("makes a key file once, for its owner only, even when two start together", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "data", "encryption.key");
  const [first, second] = await Promise.all([loadKeyFile(path), loadKeyFile(path)]);
  expect(first).toEqual(second);
  expect(await loadKeyFile(path)).toEqual(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(directory, "data"))).toEqual(["encryption.key"]);
});

test("refuses a key file that others may read, and one that holds no key", async () => {
  const path = join(await temporaryDirectory(), "encryption.key");
  await writeFile(path, "c2hvcnQ=", { mode: 0o600 });
  await expect(loadKeyFile(path)).rejects.toThrow(EncryptionKeyError);
  await chmod(path, 0o644);
  await expect(loadKeyFile(path)).rejects.toThrow("may be read by others (mode 644)");
});
