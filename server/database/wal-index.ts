import { readdirSync, readlinkSync, readSync, realpathSync } from "node:fs";

/** Two copies of what a commit changes: a counter of transactions, the last frame, checksums. See sqlite.org/walformat.html, section 2.1. */
const COPY_BYTES = 48;

/**
 * Says that nobody has committed to a SQLite database in WAL mode since it was last asked, in the time of one small read: a third of what
 * asking SQLite takes, which locks and unlocks for it. Reads through the descriptor that SQLite itself has for its index; to open and close
 * one of our own would drop SQLite's locks, as POSIX has it.
 *
 * @param path the database's, which is open
 * @returns a function: false when certainly nothing was committed; true when something was, or where it cannot be told
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
    // A commit writes one copy after the other: only two that agree tell a state.
    if (found.equals(seen) && found.compare(found, 0, COPY_BYTES, COPY_BYTES) === 0) return false;
    [seen, found] = [found, seen];
    return true;
  };
}

/** Linux shows each process its own. */
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
    // The one that the directory was read through is gone by now.
    return undefined;
  }
}
