import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EncryptionKeyError, loadKeyFile } from "./key-file.ts";

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "proviso-key-file-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test("creates a key file once, for its owner only, even if two start together", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "data", "encryption.key");
  const [first, second] = await Promise.all([loadKeyFile(path), loadKeyFile(path)]);
  expect(first).toEqual(second);
  expect(await loadKeyFile(path)).toEqual(first);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(directory, "data"))).toEqual(["encryption.key"]);
});

test("refuses a key file that others may read, and one that contains no key", async () => {
  const path = join(await temporaryDirectory(), "encryption.key");
  await writeFile(path, "c2hvcnQ=", { mode: 0o600 });
  await expect(loadKeyFile(path)).rejects.toThrow(EncryptionKeyError);
  await chmod(path, 0o644);
  await expect(loadKeyFile(path)).rejects.toThrow("may be read by others (mode 644)");
});

test("a file that is made is one line of base64, in a directory for its owner only", async () => {
  const path = join(await temporaryDirectory(), "data", "encryption.key");
  const key = await loadKeyFile(path);
  expect(key).toHaveLength(32);
  expect(await readFile(path, "utf8")).toBe(`${Buffer.from(key).toString("base64")}\n`);
  expect((await stat(join(path, ".."))).mode & 0o777).toBe(0o700);
});

test("a file that is there is read, with whatever space stands around the key, and stays as it is", async () => {
  const path = join(await temporaryDirectory(), "encryption.key");
  const text = ` ${Buffer.alloc(32, 7).toString("base64")}\r\n\n`;
  await writeFile(path, text, { mode: 0o400 });
  expect(Buffer.from(await loadKeyFile(path))).toEqual(Buffer.alloc(32, 7));
  expect(await readFile(path, "utf8")).toBe(text);
});

for (const { what, text, mode } of [
  { what: "too long", text: Buffer.alloc(33).toString("base64"), mode: 0o600 },
  { what: "empty", text: "", mode: 0o600 },
  { what: "the group's to read", text: Buffer.alloc(32).toString("base64"), mode: 0o640 },
  { what: "everybody's to write", text: Buffer.alloc(32).toString("base64"), mode: 0o602 },
])
  test(`a file that is ${what} is refused, by its path`, async () => {
    const path = join(await temporaryDirectory(), "encryption.key");
    await writeFile(path, text);
    await chmod(path, mode);
    await expect(loadKeyFile(path)).rejects.toThrow(EncryptionKeyError);
    await expect(loadKeyFile(path)).rejects.toThrow(path);
  });

test("what is not a file fails with its path and what to do, and leaves nothing beside it", async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "encryption.key"));
  await expect(loadKeyFile(join(directory, "encryption.key"))).rejects.toThrow(
    `The encryption key ${join(directory, "encryption.key")} cannot be used because a folder is in its place`,
  );
  expect(await readdir(directory)).toEqual(["encryption.key"]);
});
