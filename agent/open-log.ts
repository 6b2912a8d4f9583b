import { closeSync, constants, fstatSync, lstatSync, openSync, statSync } from "node:fs";
import { dirname, join, parse, resolve, sep } from "node:path";

const ROOT_USER = 0;

/**
 * Opens a log for writing, and creates it so that only its user may read it. Where everybody may write, such as `/tmp`, another user could
 * have put a link, a pipe, a folder or a readable file at our path, so there only what this user or root made is opened.
 *
 * @param flags besides `O_CREAT`
 * @throws an error of the file system, or one that names what another user has made
 */
export function openLog(path: string, flags: number): number {
  refuseForeign(path);
  const isShared = isForEverybody(dirname(resolve(path)));
  // A pipe that nobody reads must not make the agent wait.
  const careful = constants.O_NONBLOCK | (isShared ? constants.O_NOFOLLOW : 0);
  const file = openSync(path, flags | constants.O_CREAT | careful, 0o600);
  if (!isShared) return file;
  const found = fstatSync(file);
  if (found.isFile() && isTrusted(found.uid) && found.nlink === 1) return file;
  closeSync(file);
  throw new Error(`${path} is not a file of this user`);
}

/** @throws Error if any part of the path lies in a folder where everybody may write, and belongs to another user than this one and root */
function refuseForeign(path: string): void {
  const whole = resolve(path);
  let folder = parse(whole).root;
  for (const part of whole.slice(folder.length).split(sep)) {
    const next = join(folder, part);
    if (isForEverybody(folder)) {
      const found = lstatSync(next, { throwIfNoEntry: false });
      if (found !== undefined && !isTrusted(found.uid)) throw new Error(`${next} belongs to another user`);
    }
    folder = next;
  }
}

function isForEverybody(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & 0o002) !== 0;
}

function isTrusted(uid: number): boolean {
  return uid === process.getuid?.() || uid === ROOT_USER || process.getuid === undefined;
}

/** Returns the path for a second user's file where the first one's is in the way: with the user's number before the ending. */
export function pathOfOwn(path: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}-${process.getuid?.() ?? "own"}${ext}`);
}

/** Opens the log at this path, or at the user's own path beside it. @throws what {@link openLog} throws for the first */
export function openSharedLog(path: string, flags: number): { readonly file: number; readonly path: string } {
  try {
    return { file: openLog(path, flags), path };
  } catch (error) {
    const own = pathOfOwn(path);
    try {
      return { file: openLog(own, flags), path: own };
    } catch {
      throw error;
    }
  }
}
