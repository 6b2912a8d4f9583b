import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EncryptionKeyError, loadKeyFile } from "./key-file.ts";

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "proviso-key-"));
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
