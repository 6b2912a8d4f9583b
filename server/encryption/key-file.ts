import { randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { explainDisk } from "#disk/disk-error.ts";
import { createFolderDurably, writeDurably } from "#disk/durable-file.ts";
import { KEY_BYTES } from "./envelope.ts";

/** The key cannot be used; the message says what to do about it. */
export class EncryptionKeyError extends Error {
  override readonly name = "EncryptionKeyError";
}

/**
 * Reads the key of a key file: one line of base64. The file is created at first use, readable by its owner only, and is on disk before the
 * key is used, because without the key nothing that was sealed can be read again.
 *
 * @throws EncryptionKeyError if the file contains no key, or if others may read it; DiskError if it cannot be read or created
 */
export async function loadKeyFile(path: string): Promise<Uint8Array> {
  const { text, mode } = await explainDisk("The encryption key", path, async () => ({
    text: (await readIfThere(path)) ?? (await make(path)),
    mode: (await stat(path)).mode,
  }));
  if ((mode & 0o077) !== 0)
    throw new EncryptionKeyError(
      `${path} may be read by others (mode ${(mode & 0o777).toString(8)}): change its mode to 0600, and consider using a new key`,
    );
  return parseKey(text, path);
}

/** @param source where the text comes from, for the message */
function parseKey(text: string, source: string): Uint8Array {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== KEY_BYTES) throw new EncryptionKeyError(`${source} contains no key: expected ${KEY_BYTES} bytes in base64`);
  return key;
}

async function make(path: string): Promise<string> {
  await createFolderDurably(dirname(path));
  // If two processes start together, both use the key of one of them.
  await writeDurably(path, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { existing: "keep" });
  return readFile(path, "utf8");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
