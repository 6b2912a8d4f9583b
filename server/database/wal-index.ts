import { readdirSync, readlinkSync, readSync, realpathSync } from "node:fs";

/**
 * The two copies of what a commit changes: a counter of transactions, the last frame, checksums. See sqlite.org/walformat.html, section
 * 2.1.
 */
const COPY_BYTES = 48;

/**
 * Tells whether anybody has committed to a SQLite database in WAL mode since the last call, at the cost of one small read. That is a third
 * of what asking SQLite costs, which locks and unlocks for it. It reads through SQLite's own file descriptor for its index, because opening
 * and closing one of our own would drop SQLite's locks under POSIX rules.
 *
 * @param path the path of the open database
 * @returns a function: false if certainly nothing was committed; true if something was, or if that cannot be determined
 */
export function watchCommits(path: string): () => boolean {
  const descriptor = findDescriptor(`${realpathSync(path)}-shm`);
  if (descriptor === undefined) return () => true;
  let seen: Buffer = Buffer.alloc(2 * COPY_BYTES);
  let found: Buffer = Buffer.alloc(2 * COPY_BYTES);
  return () => {
    try {
      if (readSync(descriptor, found, 0, found.length, 0) < found.length) return true;
    } catch {
      return true;
    }
    // A commit writes one copy after the other, so only two equal copies describe a state.
    if (found.equals(seen) && found.compare(found, 0, COPY_BYTES, COPY_BYTES) === 0) return false;
    [seen, found] = [found, seen];
    return true;
  };
}

/** Linux lists the descriptors of each process. */
function findDescriptor(path: string): number | undefined {
  try {
    const found = readdirSync("/proc/self/fd").find((name) => pathOf(name) === path);
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

function pathOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    // The descriptor through which the directory was read is closed by now.
    return undefined;
  }
}
