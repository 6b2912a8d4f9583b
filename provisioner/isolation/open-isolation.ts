import { readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Logger } from "pino";
import { processBirth } from "#transport/process-birth.ts";
import { runProcess } from "#transport/run-process.ts";
import { findProgram, programFolders } from "../find-program.ts";
import type { Environment } from "../terraform/command.ts";
import { openWorkDirectory, type WorkDirectory } from "../terraform/work-directory.ts";
import { bubblewrap, type RunsAs } from "./bubblewrap.ts";
import { takeUser, type UidRange } from "./job-user.ts";
import { MARK, markOf, watchLeftovers } from "./leftovers.ts";
import { type Choice, type Level, REMAINS } from "./levels.ts";
import { OWN_PROC, ownMounts, ownProcesses } from "./own-mounts.ts";
import {
  type Command,
  type CommandNeeds,
  type Isolation,
  type JobIsolation,
  NO_LEFTOVERS,
  noIsolation,
  PRIVATE_UMASK,
  sandboxed,
} from "./sandbox.ts";
import { viewOf } from "./view.ts";

export interface IsolationOptions {
  readonly choice: Choice;
  /** Folders and files that no template's code may see. Those of jobs are always hidden. */
  readonly hidden: readonly string[];
  readonly workDirectory: string;
  readonly pluginCache?: string | undefined;
  /** For the level `user`. */
  readonly users: UidRange;
  /** Where programs are found. */
  readonly env: Environment;
  readonly log: Logger;
  /** What may be used. Default: everything. */
  readonly means?: readonly Means[];
}

/** Ways to make a sandbox, the best ones first. `descent`: no sandbox, but what a job left running is looked for and killed. */
const MEANS = ["bubblewrap", "mounts", "processes", "descent"] as const;
export type Means = (typeof MEANS)[number];

/** The level that was asked for does not work here. The message says why. */
export class IsolationError extends Error {
  override readonly name = "IsolationError";
}

const WAYS: Readonly<Record<Exclude<Level, "none">, readonly Means[]>> = {
  process: ["processes", "descent"],
  namespace: ["bubblewrap", "mounts"],
  user: ["bubblewrap", "mounts"],
};

/**
 * Finds out which isolation works on this machine, by running a program in it, and says so in the log.
 *
 * @throws IsolationError if the choice is a level that does not work
 */
export async function openIsolation(options: IsolationOptions): Promise<Isolation> {
  const { choice, log, means = MEANS } = options;
  if (choice === "none") {
    log.warn({ isolation: "none" }, `jobs run without isolation: ${REMAINS.none}`);
    return noIsolation;
  }
  const levels: readonly Exclude<Level, "none">[] = choice === "auto" ? ["namespace", "process"] : [choice];
  const failures: string[] = [];
  for (const level of levels) {
    if (level === "user" && process.getuid?.() !== 0) throw new IsolationError("the isolation `user` needs a daemon that runs as root");
    for (const by of WAYS[level].filter((way) => means.includes(way))) {
      const isolation = await makeIsolation(level, by, options);
      const failure = await tryOut(isolation, options);
      if (failure === undefined) {
        tell(isolation, failures, options);
        return isolation;
      }
      failures.push(`${by}: ${failure}`);
    }
  }
  const why = failures.join("; ") || "this system has no means for it";
  if (choice !== "auto") throw new IsolationError(`the isolation \`${choice}\` does not work here: ${why}`);
  log.warn({ isolation: "none", failures }, `jobs run without isolation: ${REMAINS.none}`);
  return noIsolation;
}

function tell({ level, by }: Isolation, failures: readonly string[], { log }: IsolationOptions): void {
  const facts = { isolation: level, by, ...(failures.length > 0 && { failures }) };
  if (level === "process") log.warn(facts, `jobs run with little isolation: ${REMAINS.process}`);
  else log.info(facts, `jobs run in isolation: ${REMAINS[level]}`);
}

async function makeIsolation(level: Exclude<Level, "none">, by: Means, options: IsolationOptions): Promise<Isolation> {
  const bwrap = by === "bubblewrap" ? ((await findBubblewrap(options.env)) ?? "bwrap") : "";
  const as: RunsAs = { isRoot: process.getuid?.() === 0, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  return {
    level,
    by,
    openJob: async (work) => {
      if (by === "descent") return marked(work);
      if (by === "processes") return { ...NO_LEFTOVERS, wrap: (command, needs) => inOwnProcesses(command, needs, as) };
      await using owned = new AsyncDisposableStack();
      const other = level === "user" ? owned.use(await takeUser(options.users)).uid : undefined;
      if (by === "mounts") await mkdir(path.join(work.root, "root"), { recursive: true, mode: 0o700 });
      const kept = owned.move();
      return {
        ...NO_LEFTOVERS,
        wrap: (command, needs) => inView(command, needs, { by, bwrap, as: { ...as, other }, options }),
        [Symbol.asyncDispose]: () => kept.disposeAsync(),
      };
    },
  };
}

/** What a PATH names from the current folder on is left out: whoever can write there is not to choose what isolates jobs. */
function findBubblewrap(env: Environment): Promise<string | undefined> {
  return findProgram(
    "bwrap",
    programFolders(env).filter((folder) => folder.startsWith("/")),
  );
}

function inOwnProcesses(command: Command, needs: CommandNeeds, as: RunsAs): Command {
  return sandboxed(command, needs, {
    outside: ownProcesses(as),
    inside: OWN_PROC,
    program: as.isRoot ? [] : ["unshare", "--user", `--map-user=${as.uid}`, `--map-group=${as.gid}`],
  });
}

function inView(
  command: Command,
  needs: CommandNeeds,
  { by, bwrap, as, options }: { readonly by: Means; readonly bwrap: string; readonly as: RunsAs; readonly options: IsolationOptions },
): Command {
  const { pluginCache, hidden } = options;
  const isOtherUser = as.other !== undefined;
  const env = environmentOf(command.env, isOtherUser);
  const view = viewOf({ hidden: [...hidden, options.workDirectory], pluginCache, isOtherUser }, { ...command, env }, needs);
  const given = as.other === undefined ? [] : givenTo(as.other, needs.work);
  return by === "bubblewrap"
    ? sandboxed({ ...command, env }, needs, { outside: given, ...bubblewrap(bwrap, view, as) })
    : sandboxed({ ...command, env }, needs, {
        outside: [...given, ...ownProcesses(as)],
        ...ownMounts(view, { as, base: path.join(needs.work.root, "root") }),
      });
}

/** Hands the job's folders to a user before the command: the daemon may have written to them since the last one. */
function givenTo(uid: number, work: WorkDirectory): string[] {
  const folders = [work.template, work.exchange, work.temporary];
  return ["/bin/sh", "-c", 'chown -hR "$1" "$2" "$3" "$4" && shift 4 && exec "$@"', "give", `${uid}:${uid}`, ...folders];
}

/** Programs keep caches in the home, which cannot be written here; another user's home cannot even be read. */
function environmentOf(env: Environment, isOtherUser: boolean): Environment {
  const { TF_PLUGIN_CACHE_DIR: cache, ...rest } = env;
  return {
    ...rest,
    ...(cache !== undefined && !isOtherUser && { TF_PLUGIN_CACHE_DIR: cache }),
    XDG_CACHE_HOME: isOtherUser ? "/tmp/.cache" : (env.XDG_CACHE_HOME ?? "/tmp/.cache"),
    ...(isOtherUser && { HOME: "/tmp" }),
  };
}

function marked(work: WorkDirectory): JobIsolation {
  const mark = markOf(work.root);
  const watch = watchLeftovers(mark, work.root);
  return {
    wrap: (command) => ({ ...command, env: { ...command.env, [MARK]: mark }, umask: PRIVATE_UMASK }),
    leftovers: { mark, folder: work.root },
    endLeftovers: () => watch.end(),
    [Symbol.asyncDispose]: async () => {
      watch[Symbol.dispose]();
      await watch.end();
    },
  };
}

const TRY_MS = 10_000;
const ENDS_WITHIN_MS = 5_000;

/**
 * Runs a program that looks around, leaves another one behind and waits to be interrupted.
 *
 * @returns what does not work; undefined if all does
 */
async function tryOut(isolation: Isolation, options: IsolationOptions): Promise<string | undefined> {
  let secret: string | undefined;
  try {
    await using work = await openWorkDirectory(options.workDirectory);
    secret = await mkdtemp(path.join(tmpdir(), "proviso-try-"));
    await writeFile(path.join(work.root, "secret"), "secret");
    await using job = await isolation.openJob(work);
    const command = job.wrap(
      { program: "/bin/sh", args: ["-c", LOOK_AROUND, "look", work.root, secret, ownProcessNamespace()], env: options.env },
      { work, installs: false },
    );
    const said: string[] = [];
    const interrupt = new AbortController();
    const kill = AbortSignal.timeout(TRY_MS);
    const end = await runProcess({
      ...command,
      cwd: work.template,
      stop: { interrupt: interrupt.signal, kill, graceMs: ENDS_WITHIN_MS },
      onStdout: (bytes) => {
        said.push(bytes.toString());
        if (said.join("").includes("ready")) interrupt.abort();
      },
      onStderr: (bytes) => said.push(bytes.toString()),
    });
    await job.endLeftovers();
    const text = said.join("").trim();
    if (end.kind === "not_started") return end.error.message;
    if (end.code !== 7) return text || `the program ended with ${end.code ?? "a signal"} instead of 7`;
    const sees = /^sees (.*)$/m.exec(text)?.[1];
    if (isolation.level !== "process" && sees !== "") return `what must be hidden can be seen: ${sees}`;
    const left = Number(/^left (\d+)$/m.exec(text)?.[1] ?? 0);
    if (isolation.by === "descent" && processBirth(left) !== undefined) return "a process was left behind";
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (secret !== undefined) await rm(secret, { recursive: true, force: true });
  }
}

function ownProcessNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "unknown";
  }
}

const LOOK_AROUND = `sees=
[ ! -e "$1/secret" ] || sees="$sees work-folder"
[ ! -e "$2" ] || sees="$sees temporary-files"
[ "$(readlink /proc/self/ns/pid)" != "$3" ] || sees="$sees processes"
touch here || sees="$sees no-template-folder"
(: >/proviso-was-here) 2>/dev/null && { rm -f /proviso-was-here; sees="$sees writable-system"; }
{ [ -w /proc/sys/kernel/core_pattern ] && (: >>/proc/sys/kernel/core_pattern) 2>/dev/null && sees="$sees writable-kernel"; } || true
echo "sees \${sees# }"
sleep 60 >/dev/null 2>&1 &
echo "left $!"
trap 'exit 7' INT
echo ready
while :; do sleep 0.05; done
`;
