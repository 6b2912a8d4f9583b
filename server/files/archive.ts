/** What an uploaded template archive may contain. Daemons check again when they unpack; this check is the one with a message for people. */
import { posix } from "node:path";
import { extract, type Header } from "tar-stream";
import { ARCHIVE_LIMIT_ENTRIES } from "#proto/archive-limit.ts";
import { InvalidInputError } from "../errors.ts";

/**
 * @throws InvalidInputError if the bytes are not a tar archive, or an entry would be written to, or would link to, a place outside the
 *   directory that the archive is unpacked into
 */
export async function checkArchive(bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) throw new InvalidInputError("the archive is empty: send a tar file");
  const entries: Header[] = [];
  const reader = extract();
  reader.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    for await (const entry of reader) {
      if (entries.push(entry.header) > ARCHIVE_LIMIT_ENTRIES) break;
      entry.resume();
    }
  } catch (error) {
    throw new InvalidInputError("the upload is not a readable tar archive", [], { cause: error });
  }
  if (entries.length > ARCHIVE_LIMIT_ENTRIES) throw new InvalidInputError(`the archive has more than ${ARCHIVE_LIMIT_ENTRIES} entries`);
  // A block of zeros ends a tar archive, so any zeros would pass for an empty one.
  if (entries.length === 0) throw new InvalidInputError("the archive contains no files");
  const links = new Set(entries.filter(({ type }) => type === "symlink").map(({ name }) => normalized(name)));
  for (const entry of entries) {
    const problem = entryProblem(entry, links);
    if (problem !== undefined)
      throw new InvalidInputError(`the archive is refused: ${JSON.stringify(entry.name.slice(0, 256))} ${problem}`);
  }
}

function entryProblem(entry: Header, links: ReadonlySet<string>): string | undefined {
  const outside = pathProblem(entry.name);
  if (outside !== undefined) return outside;
  if (passesLink(normalized(entry.name), links)) return "is behind a symbolic link";
  switch (entry.type) {
    case "file":
    case "contiguous-file":
    case "directory":
    case null:
    case undefined:
      return undefined;
    case "link":
      return linkProblem(".", entry.linkname ?? "", links);
    case "symlink":
      return linkProblem(posix.dirname(normalized(entry.name)), entry.linkname ?? "", links);
    default:
      return `is a ${entry.type}: only files, directories and links are allowed`;
  }
}

/** No operating system accepts longer paths, and following a path step by step takes time quadratic in its length. */
const MAX_PATH_BYTES = 4_096;

function pathProblem(name: string): string | undefined {
  if (name === "") return "has no name";
  if (Buffer.byteLength(name) > MAX_PATH_BYTES) return `has a path of more than ${MAX_PATH_BYTES} bytes`;
  if (name.includes("\0")) return "contains a NUL character";
  if (name.startsWith("/") || /^[A-Za-z]:[\\/]/.test(name)) return "is an absolute path";
  if (name.split(/[\\/]/).includes("..")) return "leaves the directory (..)";
  return undefined;
}

/** Follows the path step by step, because `a/b/..` is not `a` if `b` is a link. */
function linkProblem(directory: string, target: string, links: ReadonlySet<string>): string | undefined {
  if (target === "") return "links to nothing";
  if (Buffer.byteLength(target) > MAX_PATH_BYTES) return `links to a path of more than ${MAX_PATH_BYTES} bytes`;
  if (target.includes("\0") || target.includes("\\")) return "links to a name that not every system interprets the same way";
  if (target.startsWith("/") || /^[A-Za-z]:/.test(target)) return "links to an absolute path";
  let at = directory;
  for (const step of target.split("/")) {
    if (links.has(at)) return "links through another link";
    at = posix.normalize(posix.join(at, step)).replace(/\/+$/, "");
    if (at === ".." || at.startsWith("../")) return "links out of the directory";
  }
  return undefined;
}

function passesLink(name: string, links: ReadonlySet<string>): boolean {
  const steps = name.split("/");
  return steps.some((_, at) => at > 0 && links.has(steps.slice(0, at).join("/")));
}

function normalized(name: string): string {
  return posix.normalize(name).replace(/\/+$/, "");
}
