import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import type { Deadlines, Lease } from "../lease.ts";
import { type CommandFacts, claimInterrupt } from "./guarded-command.ts";

/** What a daemon tells its guard. */
export type GuardMessage =
  | ({ readonly kind: "watch"; readonly id: number } & CommandFacts)
  | ({ readonly kind: "deadlines"; readonly id: number } & Deadlines)
  | { readonly kind: "release"; readonly id: number };

/** Watches over running commands. Disposing ends it, and with it every command that is still watched. */
export interface Guard extends Disposable {
  /** Of its process; undefined if it cannot be started. */
  readonly pid: number | undefined;
  /** @param lease ends the command even if this process cannot. @returns an object to dispose of when the command has ended */
  watch(command: CommandFacts, lease: Pick<Lease, "onChange" | "deadlines">): GuardWatch;
}

export interface GuardWatch extends Disposable {
  /** To be asked before the command is interrupted from here. @returns whether that is still to be done */
  beforeAsk(): boolean;
}

const PROGRAM = path.join(import.meta.dirname, "proviso-guard.ts");
const RESTART_MS = 1_000;

/**
 * Starts the guard's process ({@link file://./proviso-guard.ts}), one for all commands of this process. If it dies, another one is started
 * and told of the running commands.
 */
export function startGuard(): Guard {
  const running = new Map<number, { readonly facts: CommandFacts; readonly lease: Pick<Lease, "deadlines"> }>();
  let child: ChildProcess | undefined;
  let isDisposed = false;
  let lastId = 0;

  const send = (message: GuardMessage): void => {
    if (child?.stdin?.writable === true) child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  const start = (): void => {
    if (isDisposed) return;
    child = spawnGuard(() => setTimeout(start, RESTART_MS).unref());
    for (const [id, { facts, lease }] of running) {
      send({ kind: "watch", id, ...facts });
      const deadlines = lease.deadlines();
      if (deadlines !== undefined) send({ kind: "deadlines", id, ...deadlines });
    }
  };
  start();

  return {
    get pid() {
      return child?.pid;
    },
    watch: (facts, lease) => {
      const id = ++lastId;
      running.set(id, { facts, lease });
      send({ kind: "watch", id, ...facts });
      const renewals = lease.onChange((deadlines) => send({ kind: "deadlines", id, ...deadlines }));
      return {
        beforeAsk: () => claimInterrupt(facts.marker),
        [Symbol.dispose]: () => {
          renewals[Symbol.dispose]();
          running.delete(id);
          send({ kind: "release", id });
        },
      };
    },
    [Symbol.dispose]: () => {
      isDisposed = true;
      child?.stdin?.end();
    },
  };
}

/** @param onEnd called once, if the program ends or cannot be started */
function spawnGuard(onEnd: () => void): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM], {
    cwd: path.parse(PROGRAM).root,
    // Nothing of the daemon's environment, which may hold credentials.
    env: {},
    stdio: ["pipe", "ignore", "ignore"],
    // In a session of its own, so that neither Ctrl-C nor the end of a terminal reaches it.
    detached: true,
    windowsHide: true,
  });
  const ended = Promise.withResolvers<void>();
  child.on("error", () => ended.resolve());
  child.on("exit", () => ended.resolve());
  child.stdin?.on("error", () => {});
  child.unref();
  // The pipe must not keep this process alive either.
  if (child.stdin !== undefined && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
  void ended.promise.then(onEnd);
  return child;
}
