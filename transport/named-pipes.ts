/**
 * Named pipes for a program's output. The program holds both ends of each pipe, so its output never fails, not even when the process that
 * reads it is killed: another process can then read on from the same path.
 */
import { execFile } from "node:child_process";
import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

/** Paths of two named pipes, which one running program uses at a time. */
export interface NamedPipes {
  readonly stdout: string;
  readonly stderr: string;
}

/** One end of a named pipe for a program to write to, and ours to read. The reading end closes when no process writes any more. */
export interface OpenPipe {
  /** A file descriptor that the program inherits. Close it here once the program has started. */
  readonly writeEnd: number;
  readonly readEnd: Readable;
}

/**
 * Creates two named pipes in a directory.
 *
 * @returns undefined where the system or the file system has no named pipes
 */
export async function makeNamedPipes(directory: string): Promise<NamedPipes | undefined> {
  if (process.platform === "win32") return undefined;
  const pipes = namedPipesIn(directory);
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", pipes.stdout, pipes.stderr]);
    return pipes;
  } catch {
    return undefined;
  }
}

/** The paths of a directory's named pipes, whether or not they are there. */
export function namedPipesIn(directory: string): NamedPipes {
  return { stdout: path.join(directory, "stdout.pipe"), stderr: path.join(directory, "stderr.pipe") };
}

/** Opens both ends of a named pipe. @throws the system's error if the path is no named pipe that we may open */
export function openNamedPipe(file: string): OpenPipe {
  const readEnd = readNamedPipe(file);
  try {
    // Open for reading as well: whoever writes is then a reader too, and the pipe cannot break.
    return { writeEnd: openSync(file, constants.O_RDWR | constants.O_NOFOLLOW), readEnd };
  } catch (error) {
    readEnd.destroy();
    throw error;
  }
}

/** Opens a named pipe for reading, without waiting for a writer. It ends when no process writes any more. */
export function readNamedPipe(file: string): Readable {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  return new Socket({ fd, readable: true, writable: false });
}
