import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";

/** Finds the user's home: from the environment, otherwise from the password database. In containers a user may have neither: then `/`. */
export function homeOf(env: Readonly<Record<string, string | undefined>>): string {
  if (env.HOME) return env.HOME;
  try {
    return homedir() || "/";
  } catch {
    return "/";
  }
}

/**
 * Finds the folder to start programs in: the first one that exists and that this user may enter, because in any other the system would
 * say that the program does not exist. Otherwise `/`.
 */
export function firstUsableFolder(folders: readonly string[]): string {
  return folders.find(isUsable) ?? "/";
}

function isUsable(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
