/** What a sandboxed program sees of the file system. Two programs can make it: see `bubblewrap.ts` and `own-mounts.ts`. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Environment } from "../terraform/command.ts";
import type { Command, CommandNeeds } from "./sandbox.ts";

export interface View {
  /** Empty folders stand in the place of these. */
  readonly emptied: readonly string[];
  /** Empty files stand in the place of these. */
  readonly blanked: readonly string[];
  /** Folders for temporary files, with their own contents. */
  readonly temporary: readonly { readonly source: string; readonly target: string }[];
  /** Visible although they lie in one of the above. */
  readonly readable: readonly string[];
  /** The only folders that can be changed, but for temporary files. */
  readonly writable: readonly string[];
}

export interface ViewOptions {
  /** Folders and files of Proviso: data, keys, work folders, the operator's session. */
  readonly hidden: readonly string[];
  /** Where providers are kept once they are downloaded. */
  readonly pluginCache: string | undefined;
  /** Whether the program runs as another user than the daemon. */
  readonly isOtherUser: boolean;
}

/** Through these, a program can have the system start another one outside of the sandbox. */
function doors(): string[] {
  const user = `/run/user/${process.getuid?.() ?? 0}`;
  const [folders, sockets] = [
    ["/run/dbus", `${user}/systemd`],
    ["/run/systemd/private", "/run/systemd/io.systemd.Manager", `${user}/bus`],
  ];
  return [...folders, ...sockets, "/run/atd", "/run/cron"].filter((door) => existsSync(door));
}

/** Files of the kernel that root may write without any capability: one of them names a program that the kernel runs outside. */
export const KERNEL_FILES = ["sys", "sysrq-trigger", "irq", "bus", "fs", "mtrr", "scsi", "acpi", "driver", "asound", "pressure"]
  .map((name) => `/proc/${name}`)
  .filter((file) => existsSync(file));

const TEMPORARY = ["/tmp", "/var/tmp"];

export function viewOf(
  { hidden, pluginCache, isOtherUser }: ViewOptions,
  { program, env }: Pick<Command, "program" | "env">,
  needs: CommandNeeds,
): View {
  const { work, folders = [], installs } = needs;
  const ours = [...hidden, path.dirname(work.root)].map(real).filter((at) => existsSync(at));
  const temporaryTargets = [...new Set([...TEMPORARY, tmpdir()].map(real))].filter((at) => existsSync(at) && at !== "/");
  const cache = pluginCache === undefined || isOtherUser ? [] : [real(pluginCache)];
  const own = [...new Set([work.template, work.exchange, ...folders].map(real))];
  const [shut, open] = [
    [...ours, ...doors()],
    [...own, ...cache],
  ];
  if (isOtherUser) shut.push(...open.flatMap(closedParent));
  const isFolder = (at: string): boolean => statSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
  return {
    emptied: outermost(shut.filter(isFolder)),
    blanked: shut.filter((at) => !isFolder(at)),
    temporary: temporaryTargets
      .filter((at) => !ours.some((folder) => isWithin(at, folder)))
      .map((target) => ({ source: work.temporary, target })),
    readable: [
      ...named(program, env, temporaryTargets).filter((at) => !ours.some((folder) => isWithin(at, folder) || isWithin(folder, at))),
      ...(installs ? [] : cache),
    ],
    writable: [...own, ...(installs ? cache : [])],
  };
}

/** The outermost folder above one that another user may not enter. */
function closedParent(folder: string): string[] {
  for (let [at, rest] = ["/", folder.split("/").slice(1, -1)]; rest.length > 0; rest = rest.slice(1)) {
    at = path.join(at, rest[0] ?? "");
    if (((statSync(at, { throwIfNoEntry: false })?.mode ?? 0o001) & 0o001) === 0) return [at];
  }
  return [];
}

function outermost(folders: readonly string[]): string[] {
  const all = [...new Set(folders)];
  return all.filter((folder) => !all.some((other) => other !== folder && isWithin(folder, other)));
}

const NOT_MEANT = new Set(["PWD", "OLDPWD", "_", "TMPDIR", "TMP", "TEMP"]);

/**
 * What the operator names in the environment, or in Terraform's own configuration, and keeps among temporary files: an SSH agent's socket, a
 * certificate, a mirror of providers.
 */
function named(program: string, env: Environment, temporary: readonly string[]): string[] {
  const values = Object.entries(env).flatMap(([name, value]) => (NOT_MEANT.has(name) ? [] : value.split(path.delimiter)));
  const config = env.TF_CLI_CONFIG_FILE || path.join(env.HOME ?? "/", ".terraformrc");
  const found = [...values, config, ...pathsIn(config), path.dirname(program), program]
    .filter((value) => value.startsWith("/") && !value.includes("\0") && existsSync(value))
    .map(real)
    .filter((at) => temporary.some((folder) => at !== folder && isWithin(at, folder)));
  return [...new Set(found)];
}

function pathsIn(config: string): string[] {
  try {
    return [...readFileSync(config, "utf8").matchAll(/"(\/[^"\n]+)"/g)].map(([, at = ""]) => at);
  } catch {
    return [];
  }
}

export function isWithin(at: string, folder: string): boolean {
  return at === folder || at.startsWith(folder === "/" ? "/" : `${folder}/`);
}

function real(at: string): string {
  try {
    return realpathSync(at);
  } catch {
    return path.resolve(at);
  }
}
