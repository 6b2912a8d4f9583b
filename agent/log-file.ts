import { closeSync, constants, fstatSync, ftruncateSync, renameSync, writeSync } from "node:fs";
import { openLog, openSharedLog } from "./open-log.ts";

const LARGEST_BYTES = 5 * 1024 * 1024;
const OLD_FILES = 10;
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;

/** A log file that only its user may read. At 5 MiB it is renamed to `.1`, and ten old files are kept. */
export interface LogFile {
  /** Never fails: a line for which the disk has no room is lost. */
  write(line: string): void;
  close(): void;
}

/** Opens the file, or the user's own beside it if another user has the name. @throws an error of the file system */
export function openLogFile(wanted: string): LogFile {
  let { file, path } = openSharedLog(wanted, FLAGS);
  let bytes = fstatSync(file).size;
  const rotate = (): void => {
    const old = file;
    try {
      for (let n = OLD_FILES; n > 0; n--) renameIfThere(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`);
      file = openLog(path, FLAGS);
      closeSync(old);
    } catch {
      // An old file's name may be another user's, or the disk may be full. Without limit the log must not grow.
      ftruncateSync(file, 0);
    }
    bytes = fstatSync(file).size;
  };
  return {
    write: (line) => {
      try {
        if (bytes >= LARGEST_BYTES) rotate();
        bytes += writeSync(file, line);
      } catch {
        // The line is in the other stream.
      }
    },
    close: () => {
      try {
        closeSync(file);
      } catch {
        // Some file systems tell only now that there was no room.
      }
    },
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
