import { closeSync, constants, lstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** For a script's own data. @throws Error if the folder belongs to somebody else */
export function makeDataFolder(root: string, logSourceId: string): string {
  return makeOwnFolder(root, logSourceId);
}

/**
 * For programs that scripts install; it comes first on the PATH of everything that the agent starts.
 *
 * @throws Error if the folder belongs to somebody else, who could put programs there for us to run
 */
export function makeBinFolder(root: string): string {
  return makeOwnFolder(root, "bin");
}

function makeOwnFolder(root: string, name: string): string {
  const base = join(root, "coder-script-data");
  const folder = join(base, name);
  for (const each of [base, folder]) {
    mkdirSync(each, { recursive: true, mode: 0o700 });
    const found = lstatSync(each);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${each} is no folder of this user`);
  }
  return folder;
}

export interface ScriptLog extends Disposable {
  write(bytes: Buffer): void;
}

/** A new run writes over the last one's output from the start and leaves what is longer: readers of the file keep it open. */
export function openScriptLog(path: string): ScriptLog {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  return { write: (bytes) => void writeSync(file, bytes), [Symbol.dispose]: () => closeSync(file) };
}
