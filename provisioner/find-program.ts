import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";

/** @returns the absolute path of the first program of this name in the folders; a file may lack the `.exe` of Windows in its name */
export async function findProgram(name: string, folders: readonly string[]): Promise<string | undefined> {
  const suffixes = process.platform === "win32" ? ["", ".exe"] : [""];
  for (const folder of folders) {
    for (const suffix of suffixes) {
      const candidate = path.resolve(folder, name + suffix);
      const isProgram = await access(candidate, constants.X_OK)
        .then(() => stat(candidate))
        .then((info) => info.isFile())
        .catch(() => false);
      if (isProgram) return candidate;
    }
  }
  return undefined;
}

/** The folders of the PATH. */
export function programFolders({ PATH = "" }: Readonly<Record<string, string>>): string[] {
  return PATH.split(path.delimiter).filter((folder) => folder !== "");
}
