import { closeSync, constants, lstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Creates the folder for a script's own data. @throws Error if it belongs to somebody else */
export function makeDataFolder(root: string, logSourceId: string): string {
  return makeOwnFolder(root, logSourceId);
}

/**
 * Creates the folder for programs that scripts install. It comes first on the PATH of everything that the agent starts.
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
    if (!found.isDirectory() || found.uid !== process.getuid?.())
      throw new Error(`${each} is not a folder of this user: remove it, or set CODER_AGENT_SCRIPT_DATA_DIR to another folder`);
  }
  return folder;
}

export interface ScriptLog extends Disposable {
  write(bytes: Buffer): void;
}

/** Opens a script's log. A new run overwrites the old output from the start without truncating it: readers keep the file open. */
export function openScriptLog(path: string): ScriptLog {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  return { write: (bytes) => void writeSync(file, bytes), [Symbol.dispose]: () => closeSync(file) };
}
