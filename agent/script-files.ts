import { closeSync, constants, lstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Folders for a script's own data and for programs that it installs, which come first on the PATH of everything that the agent starts. */
export interface ScriptFolders {
  readonly data: string;
  readonly bin: string;
}

/** @throws Error if a folder belongs to somebody else, who could put programs there for us to run */
export function makeScriptFolders(root: string, logSourceId: string): ScriptFolders {
  const base = join(root, "coder-script-data");
  const folders = { data: join(base, logSourceId), bin: join(base, "bin") };
  for (const folder of [base, folders.data, folders.bin]) makeOwnFolder(folder);
  return folders;
}

/** Programs that scripts installed; the folder need not exist. */
export function scriptBinFolder(root: string): string {
  return join(root, "coder-script-data", "bin");
}

function makeOwnFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${path} is no folder of this user`);
}

export interface ScriptLog extends Disposable {
  write(bytes: Buffer): void;
}

/** A new run writes over the last one's output from the start and leaves what is longer: readers of the file keep it open. */
export function openScriptLog(path: string): ScriptLog {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  return { write: (bytes) => void writeSync(file, bytes), [Symbol.dispose]: () => closeSync(file) };
}
