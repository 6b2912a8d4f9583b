import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from "node:fs";

const LARGEST_BYTES = 5 * 1024 * 1024;
const OLD_FILES = 10;

/** A log file that only its user may read. At 5 MiB it is renamed to `.1`, and ten old files are kept. */
export interface LogFile {
  write(line: string): void;
  close(): void;
}

/** @throws an error of the file system, also if the path is a link, because the folder may be writable by everybody */
export function openLogFile(path: string): LogFile {
  const open = (): number => openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600);
  let file = open();
  let bytes = fstatSync(file).size;
  const rotate = (): void => {
    closeSync(file);
    for (let n = OLD_FILES; n > 0; n--) renameIfThere(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`);
    file = open();
    bytes = fstatSync(file).size;
  };
  return {
    write: (line) => {
      if (bytes >= LARGEST_BYTES) rotate();
      bytes += writeSync(file, line);
    },
    close: () => closeSync(file),
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
