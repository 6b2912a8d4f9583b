import type { Environment } from "../terraform/command.ts";
import type { WorkDirectory } from "../terraform/work-directory.ts";
import type { Level } from "./levels.ts";
import { BEGIN, INNER, OUTER } from "./scripts.ts";

/** A program to start. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** Default: that of this process. */
  readonly umask?: number;
}

export interface CommandNeeds {
  /** Of the job: the program runs in its template's folder. */
  readonly work: WorkDirectory;
  /** Further folders of ours that it may change, such as that of a provider's socket. */
  readonly folders?: readonly string[];
  /** Whether it may add to the folder of downloaded providers. All others can only read there. */
  readonly installs: boolean;
  /** A file in its folder that the program may leave to another one which it started: the run goes on as long as both are there. */
  readonly lock?: string;
}

/** What a daemon's jobs run in. */
export interface Isolation {
  readonly level: Level;
  /** How it is done, for the log: `bubblewrap`, for instance. */
  readonly by: string;
  /** Gives what one job needs. Dispose of it after the job's last command. */
  openJob(work: WorkDirectory): Promise<JobIsolation>;
}

export interface Leftovers {
  readonly mark: string;
  readonly folder: string;
}

export interface JobIsolation extends AsyncDisposable {
  wrap(command: Command, needs: CommandNeeds): Command;
  /** By what the job's processes are found if this process dies before it could end them; undefined where they end by themselves. */
  readonly leftovers?: Leftovers;
  /** To be called when a command of the job has ended: ends what it left running. Never rejects. */
  endLeftovers(): Promise<void>;
}

/** Keeps plans and states from others. */
export const PRIVATE_UMASK = 0o077;

/** What a job's isolation does at its end where there is nothing to do. */
export const NO_LEFTOVERS: Omit<JobIsolation, "wrap"> = { endLeftovers: async () => {}, [Symbol.asyncDispose]: async () => {} };

/** Runs commands as they are. */
export const noIsolation: Isolation = {
  level: "none",
  by: "nothing",
  openJob: async () => ({ ...NO_LEFTOVERS, wrap: (command) => ({ ...command, umask: PRIVATE_UMASK }) }),
};

let lastStem = 0;

/**
 * Puts a command into a sandbox of its own.
 *
 * @param layers.outside runs {@link OUTER}, without its last part
 * @param layers.inside makes the sandbox, and runs {@link INNER} as its first process
 * @param layers.program takes from the program what only the first process may have
 */
export function sandboxed(
  { program, args, env }: Command,
  { work, lock }: CommandNeeds,
  layers: { readonly outside: readonly string[]; readonly inside: readonly string[]; readonly program: readonly string[] },
): Command {
  const stem = `${work.root}/sandbox-${++lastStem}`;
  const command = [
    ...layers.outside,
    ...["/bin/sh", "-c", OUTER, "sandbox", stem],
    ...layers.inside,
    ...["/bin/sh", "-c", INNER, "first", work.template, lock ?? "", "env", "--default-signal=INT,QUIT"],
    ...layers.program,
    ...["/bin/sh", "-c", BEGIN, "begin", work.template, program, ...args],
  ];
  const [first = "/bin/sh", ...rest] = command;
  return { program: first, args: rest, env: withoutPid(env) };
}

/** None of our processes is there in a sandbox: {@link BEGIN} puts one in the place of this number that is. */
function withoutPid(env: Environment): Environment {
  const reattach = env.TF_REATTACH_PROVIDERS;
  return reattach === undefined ? env : { ...env, TF_REATTACH_PROVIDERS: reattach.replaceAll(/"Pid":\d+,/g, '"Pid":1,') };
}
