import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { KEY_BYTES } from "./envelope.ts";

/** The key cannot be used; the message says what to do about it. */
export class EncryptionKeyError extends Error {
  override readonly name = "EncryptionKeyError";
}

/**
 * Reads the key of a key file: one line of base64. The file is created at first use, readable by its owner only, and is on disk before the
 * key is used, because without the key nothing that was sealed can be read again.
 *
 * @throws EncryptionKeyError if the file contains no key, or if others may read it
 */
export async function loadKeyFile(path: string): Promise<Uint8Array> {
  const text = (await readIfThere(path)) ?? (await make(path));
  const { mode } = await stat(path);
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
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await using file = await open(draft, "wx", 0o600);
    await file.writeFile(`${randomBytes(KEY_BYTES).toString("base64")}\n`);
    await file.sync();
    // A link fails where a rename would overwrite: if two processes start together, one of them creates the key.
    await link(draft, path).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
    await using directory = await open(dirname(path));
    await directory.sync();
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, "utf8");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
