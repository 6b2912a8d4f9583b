/**
 * The folder that remembers whom one is logged in to: a file `url` and a file `session`, each holding just its value. Same names and form
 * as upstream's client, so `CODER_CONFIG_DIR` may point both at one folder; the default is our own, to leave a session there alone.
 */
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CliContext, GlobalOptions } from "./context.ts";

type Entry = "url" | "session";

export interface ConfigFolder {
  readonly path: string;
  read(entry: Entry): Promise<string | undefined>;
  write(entry: Entry, value: string): Promise<void>;
  /** Forgets both. */
  clear(): Promise<void>;
}

/** The folder that the options, the environment or the platform's habit name. It is made by the first write. */
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
      await mkdir(path, { recursive: true, mode: 0o750 });
      const file = join(path, entry);
      // The mode counts for new files only, and an older one must be private before the value is in it.
      await using opened = await open(file, "a", 0o600);
      await opened.chmod(0o600);
      await opened.truncate();
      await opened.writeFile(value);
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
