import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { ReleaseError } from "./release-error.ts";

/** The format stores local time, so this gives the same bytes in every time zone. */
const fixedTime = (): Date => new Date(2000, 0, 1);

export interface ZipOptions {
  readonly executable: string;
  readonly zip: string;
  /** From 0 (not compressed) to 9. Default: 6, which takes a few seconds. */
  readonly compressionLevel?: number;
  readonly signal?: AbortSignal;
}

/** Packs one executable in the registry's format: only the file, without its folder. The same executable gives the same archive. */
export async function zipExecutable({ executable, zip, compressionLevel = 6, signal }: ZipOptions): Promise<void> {
  const { ZipFile } = await import("yazl").catch((error: unknown) => {
    throw new ReleaseError("cannot write archives because yazl is not installed: run `npm ci` without --omit=dev", { cause: error });
  });
  const file = new ZipFile();
  // Terraform runs the file with the mode stored in the archive. A folder in the archive would change the package's hash.
  file.addFile(executable, basename(executable), { mtime: fixedTime(), forceDosTimestamp: true, mode: 0o100755, compressionLevel });
  file.end();
  const failed = new Promise<never>((_, reject) => file.once("error", reject));
  await Promise.race([pipeline(file.outputStream, createWriteStream(zip), { signal }), failed]);
}

/** @returns the file's SHA-256 in hex */
export async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** @returns the hash that Terraform writes into a lock file for a package with only this file: `h1:` and base64 */
export async function packageHash(executable: string): Promise<string> {
  const line = `${await sha256(executable)}  ${basename(executable)}\n`;
  return `h1:${createHash("sha256").update(line).digest("base64")}`;
}
