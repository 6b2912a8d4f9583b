import { lstatSync, mkdirSync, mkdtempSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathOfOwn } from "./open-log.ts";

/** The folders for what scripts keep and install. Nobody but the user may enter them. */
export interface ScriptFolders {
  /** Creates the folder for programs that scripts install. It comes first on the PATH of everything that the agent starts. @throws Error */
  bin(): string;
  /** Creates the folder for a script's own data. @throws Error */
  data(logSourceId: string): string;
}

const NAME = "coder-script-data";

/**
 * Chooses a folder for all scripts, at its first use and for good: `coder-script-data` in the first root, with the user's number if
 * that name is another user's, or else with a random ending; then the same in the next root. Each use checks that it is still ours.
 *
 * @param roots folders that other users may share with us
 */
export function scriptFolders(roots: readonly string[]): ScriptFolders {
  let base: string | undefined;
  const folder = (name: string): string => {
    base ??= chooseBase(roots);
    return ownFolder(join(ownFolder(base), name));
  };
  return { bin: () => folder("bin"), data: folder };
}

function chooseBase(roots: readonly string[]): string {
  const problems: unknown[] = [];
  for (const root of roots) {
    const choices = [
      () => ownFolder(join(root, NAME)),
      () => ownFolder(pathOfOwn(join(root, NAME))),
      () => ownFolder(mkdtempSync(join(root, `${NAME}-`))),
    ];
    for (const choose of choices)
      try {
        return choose();
      } catch (error) {
        problems.push(error);
      }
  }
  throw problems[0] ?? new Error("there is no folder for the data of scripts");
}

/** Creates a folder, or takes the one that is there. @throws Error if another user made it, or may write to it */
function ownFolder(folder: string): string {
  makeFolder(folder);
  const found = lstatSync(folder);
  const uid = process.getuid?.();
  const isOurs = uid === undefined || (found.uid === uid && (found.mode & 0o002) === 0);
  if (!found.isDirectory() || !isOurs)
    throw new Error(`${folder} is not a folder of this user alone: remove it, or set CODER_AGENT_SCRIPT_DATA_DIR to another folder`);
  return folder;
}

/** Creates a folder and those above it. Node's own way to do so never returns where the system has no folders to make, as in `/proc`. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}
