import { join } from "node:path";
import type { CliContext } from "./context.ts";

/** The default folder of a server's data: where the platform keeps a user's application data. */
export function defaultDataDirectory({ env, platform, homeDirectory }: Pick<CliContext, "env" | "platform" | "homeDirectory">): string {
  if (platform === "darwin") return join(homeDirectory, "Library", "Application Support", "proviso", "server");
  if (platform === "win32") return join(env.LOCALAPPDATA || join(homeDirectory, "AppData", "Local"), "proviso");
  return join(env.XDG_DATA_HOME || join(homeDirectory, ".local", "share"), "proviso");
}
