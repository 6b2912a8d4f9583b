/**
 * The folder that stores the current login: a file `url` and a file `session`, each containing only its value. Names and format are
 * those of upstream's client, so `CODER_CONFIG_DIR` may point both clients at one folder. Our default folder is a different one, so that
 * a session of upstream's client is left alone.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createFolderDurably, writeDurably } from "#disk/durable-file.ts";
import type { CliContext, GlobalOptions } from "./context.ts";

type Entry = "url" | "session";

export interface ConfigFolder {
  readonly path: string;
  read(entry: Entry): Promise<string | undefined>;
  write(entry: Entry, value: string): Promise<void>;
  /** Removes both files. */
  clear(): Promise<void>;
}

/** Opens the folder given by the options, the environment or the platform's convention. The first write creates it. */
export function openConfigFolder(context: CliContext, options: GlobalOptions): ConfigFolder {
  const path = options.globalConfig || defaultFolder(context);
  return {
    path,
    async read(entry) {
      try {
        return (await readFile(join(path, entry), "utf8")).trim() || undefined;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(entry, value) {
      await createFolderDurably(path, 0o750);
      await writeDurably(join(path, entry), value);
    },
    async clear() {
      await Promise.all([rm(join(path, "url"), { force: true }), rm(join(path, "session"), { force: true })]);
    },
  };
}

function defaultFolder({ env, platform, homeDirectory }: CliContext): string {
  if (platform === "darwin") return join(homeDirectory, "Library", "Application Support", "proviso");
  if (platform === "win32") return join(env.APPDATA || join(homeDirectory, "AppData", "Roaming"), "proviso");
  return join(env.XDG_CONFIG_HOME || join(homeDirectory, ".config"), "proviso");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
