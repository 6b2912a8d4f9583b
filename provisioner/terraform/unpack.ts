import { createWriteStream } from "node:fs";
import { copyFile, mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { ARCHIVE_LIMIT_BYTES, ARCHIVE_LIMIT_ENTRIES } from "#proto/archive-limit.ts";

/** An archive that must not be unpacked. The message names the entry and what is wrong with it. */
export class UnpackError extends Error {
  override readonly name = "UnpackError";
}

export interface UnpackLimits {
  /** Size of all files together, in bytes. */
  readonly totalBytes: number;
  readonly entries: number;
}

const DEFAULT_UNPACK_LIMITS: UnpackLimits = { totalBytes: ARCHIVE_LIMIT_BYTES, entries: ARCHIVE_LIMIT_ENTRIES };

/** No system accepts longer paths, and following a path step by step takes quadratic time. */
const MAX_PATH_BYTES = 4_096;

interface Link {
  readonly entry: string;
  readonly target: string;
}

/**
 * Unpacks a tar archive of directories, regular files and links into an empty directory. Nothing is written outside of it: absolute names,
 * `..`, links that lead out of it (even through other links), entries below a link, devices and archives over the limit are refused.
 * After a refusal, the directory may contain a part of the archive.
 *
 * @throws UnpackError
 */
export async function unpackTar(archive: Uint8Array, directory: string, limits: UnpackLimits = DEFAULT_UNPACK_LIMITS): Promise<void> {
  const symlinks = new Map<string, string>();
  const hardLinks: Link[] = [];
  const files = new Map<string, number>();
  let [totalBytes, entries] = [0, 0];
  const tar = extract();
  const feeding = pipeline(Readable.from([archive]), tar);
  // A failure also ends the loop below, which reports it better.
  feeding.catch(() => {});
  try {
    for await (const entry of tar) {
      const { type, linkname, size = 0, mode } = entry.header;
      const name = localName(entry.header.name);
      if (++entries > limits.entries) throw new UnpackError(`the archive has more than ${limits.entries} entries`);
      if (name === "") {
        entry.resume();
        continue;
      }
      checkParents(name, symlinks);
      const at = path.join(directory, ...name.split("/"));
      switch (type) {
        case "directory":
          await mkdir(at, { recursive: true, mode: 0o700 });
          entry.resume();
          break;
        case "file":
        case "contiguous-file":
          totalBytes += size ?? 0;
          if (totalBytes > limits.totalBytes) throw tooBig(limits, entry.header.name);
          symlinks.delete(name);
          await mkdir(path.dirname(at), { recursive: true, mode: 0o700 });
          await pipeline(chunksOf(entry), createWriteStream(at, { mode: ((mode ?? 0) & 0o777) | 0o600 }));
          files.set(name, size ?? 0);
          break;
        case "symlink":
          symlinks.set(name, linkname ?? "");
          entry.resume();
          break;
        case "link":
          hardLinks.push({ entry: name, target: localName(linkname ?? "") });
          entry.resume();
          break;
        default:
          throw new UnpackError(
            `archive entry ${JSON.stringify(entry.header.name)} is a ${type ?? "entry of unknown type"}, not a file, directory or link`,
          );
      }
    }
  } catch (error) {
    if (error instanceof UnpackError) throw error;
    throw new UnpackError(`the archive cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  // A hard link becomes a copy, so many links to one big file count as many big files.
  for (const { entry, target } of hardLinks) {
    totalBytes += files.get(target) ?? 0;
    if (totalBytes > limits.totalBytes) throw tooBig(limits, entry);
  }
  await placeLinks(directory, symlinks, hardLinks, files);
}

function tooBig(limits: UnpackLimits, at: string): UnpackError {
  return new UnpackError(`the files in the archive have more than ${limits.totalBytes} bytes (at ${JSON.stringify(at)})`);
}

/** If the archive ends in the middle of an entry, Node's pipeline never ends; iterating over the entry throws instead. */
async function* chunksOf(entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk;
}

/** Creates the links last, when all files that they could redirect have been written. */
async function placeLinks(
  directory: string,
  symlinks: ReadonlyMap<string, string>,
  hardLinks: readonly Link[],
  files: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [entry, target] of symlinks) checkLink(entry, target, symlinks);
  for (const { entry, target } of hardLinks) {
    if (!files.has(target))
      throw new UnpackError(
        `archive entry ${JSON.stringify(entry)} is a link to ${JSON.stringify(target)}, which is not a file in the archive`,
      );
    checkParents(entry, symlinks);
    const at = path.join(directory, entry);
    await mkdir(path.dirname(at), { recursive: true, mode: 0o700 });
    await copyFile(path.join(directory, target), at);
  }
  for (const [entry, target] of symlinks) {
    const at = path.join(directory, entry);
    await mkdir(path.dirname(at), { recursive: true, mode: 0o700 });
    await rm(at, { force: true });
    await symlink(target, at);
  }
}

/** Normalizes a name to path components joined by slashes, without `..`. */
function localName(name: string): string {
  const refuse = (why: string): UnpackError => new UnpackError(`archive entry ${JSON.stringify(name.slice(0, 256))} ${why}`);
  if (Buffer.byteLength(name) > MAX_PATH_BYTES) throw refuse(`has a path of more than ${MAX_PATH_BYTES} bytes`);
  if (name.includes("\0")) throw refuse("has a zero byte in its name");
  if (name.startsWith("/") || name.includes("\\") || /^[A-Za-z]:/.test(name)) throw refuse("is not relative to the archive's root");
  const steps = name.split("/").filter((step) => step !== "" && step !== ".");
  if (steps.includes("..")) throw refuse("leads out of the directory");
  return steps.join("/");
}

/** Refuses entries below a link, because they would be written where the link points. */
function checkParents(name: string, symlinks: ReadonlyMap<string, string>): void {
  const steps = name.split("/");
  for (let length = 1; length < steps.length; length++) {
    const parent = steps.slice(0, length).join("/");
    if (symlinks.has(parent)) throw new UnpackError(`archive entry ${JSON.stringify(name)} is below the link ${JSON.stringify(parent)}`);
  }
}

/** Follows a link as the system would, through the other links in the archive. */
function checkLink(entry: string, target: string, symlinks: ReadonlyMap<string, string>): void {
  const refuse = (why: string): UnpackError =>
    new UnpackError(`archive entry ${JSON.stringify(entry)} is a link to ${JSON.stringify(target.slice(0, 256))}, which ${why}`);
  if (Buffer.byteLength(target) > MAX_PATH_BYTES) throw refuse(`has more than ${MAX_PATH_BYTES} bytes`);
  const at = entry.split("/");
  const todo = [...at];
  const reached: string[] = [];
  let followed = 0;
  for (let step = todo.shift(); step !== undefined; step = todo.shift()) {
    if (step === "" || step === ".") continue;
    if (step === "..") {
      if (reached.pop() === undefined) throw refuse("leads out of the directory");
      continue;
    }
    reached.push(step);
    const next = symlinks.get(reached.join("/"));
    if (next === undefined) continue;
    if (next.startsWith("/") || next.includes("\\") || next.includes("\0") || /^[A-Za-z]:/.test(next))
      throw refuse("leads out of the directory");
    if (++followed > 40) throw refuse("is part of a loop");
    reached.pop();
    todo.unshift(...next.split("/"));
  }
}
