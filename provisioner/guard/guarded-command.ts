import { writeFileSync } from "node:fs";
import { monotonicMs } from "#transport/monotonic.ts";
import { readNamedPipe } from "#transport/named-pipes.ts";
import { identifyProcess, isSameProcess, type ProcessIdentity } from "#transport/process-birth.ts";
import { signalPid } from "#transport/process-group.ts";
import { endLeftovers } from "../isolation/leftovers.ts";
import type { Leftovers } from "../isolation/sandbox.ts";
import type { Deadlines } from "../lease.ts";

/** What the guard is told about a command. */
export interface CommandFacts {
  /** Leads its own process group. */
  readonly pid: number;
  /** Named pipes that somebody must read if the daemon cannot: a full pipe would halt the command. */
  readonly pipes: readonly string[];
  /** A file for this command, see {@link claimInterrupt}. */
  readonly marker: string;
  /** Where nothing else ends what the command leaves behind: how to find that. */
  readonly leftovers?: Leftovers;
}

/** How long a command may go on after its daemon died, if no lease ends earlier. */
const ORPHAN_GRACE_MS = 30_000;
const POLL_MS = 50;
const DAEMON_FIRST_MS = 200;

/** A command as the guard sees it: left alone, then interrupted, then killed. */
export class GuardedCommand {
  readonly #facts: CommandFacts;
  readonly #process: ProcessIdentity;
  readonly #onEnd: () => void;
  readonly #now: () => number;
  #interruptAt = Number.POSITIVE_INFINITY;
  #killAt = Number.POSITIVE_INFINITY;
  #isInterrupted = false;
  #isOrphan = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param onEnd called when a command that the guard ends has ended, with its whole group */
  constructor(facts: CommandFacts, onEnd: () => void, now: () => number = monotonicMs) {
    this.#facts = facts;
    this.#process = identifyProcess(facts.pid);
    this.#onEnd = onEnd;
    this.#now = now;
  }

  /** Sets when the command must be interrupted and killed. */
  setDeadlines({ interruptAt, killAt }: Deadlines): void {
    // The daemon comes first, if it can.
    this.#interruptAt = interruptAt + DAEMON_FIRST_MS;
    this.#killAt = killAt;
    this.#step();
  }

  /** Its daemon is gone: nobody reads its output, renews its lease or waits for it. */
  orphan(): void {
    this.#isOrphan = true;
    this.#interruptAt = this.#now();
    this.#killAt = Math.min(this.#killAt, this.#now() + ORPHAN_GRACE_MS);
    this.#drain();
    this.#step();
  }

  /** Forgets the command, which has ended. */
  release(): void {
    clearTimeout(this.#timer);
  }

  #step(): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    if (now < this.#interruptAt) {
      if (this.#interruptAt !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#step(), this.#interruptAt - now);
      return;
    }
    if (!this.#isInterrupted && now < this.#killAt) this.#interrupt();
    // If Terraform has ended in its own order, what it left behind belongs to a run that is over.
    if (now >= this.#killAt || !isSameProcess(this.#process)) this.#end();
    else this.#timer = setTimeout(() => this.#step(), POLL_MS);
  }

  #interrupt(): void {
    this.#isInterrupted = true;
    if (!isSameProcess(this.#process)) return;
    // A daemon that lives interrupts it itself, and reads its output.
    if (!claimInterrupt(this.#facts.marker)) return;
    this.#drain();
    signalPid(this.#process.pid, "SIGINT");
  }

  #drain(): void {
    for (const pipe of this.#facts.pipes) {
      try {
        readNamedPipe(pipe)
          .on("error", () => {})
          .resume();
      } catch {
        // The command has ended, and the pipe is gone with its directory.
      }
    }
  }

  #end(): void {
    signalPid(-this.#process.pid, "SIGKILL");
    const { leftovers } = this.#facts;
    const ended = leftovers === undefined ? Promise.resolve() : endLeftovers(leftovers.mark, leftovers.folder);
    if (this.#isOrphan) void ended.then(this.#onEnd, this.#onEnd);
  }
}

/**
 * Decides who interrupts a command: the daemon, its guard, or a daemon that finds the job's directory later. Terraform takes a second
 * interrupt as an order to drop what it has in hand, so only the one that creates the marker sends the signal.
 */
export function claimInterrupt(marker: string): boolean {
  try {
    writeFileSync(marker, "", { flag: "wx" });
    return true;
  } catch (error) {
    // On a full disk, for instance, a second interrupt is less likely than none at all.
    return !(error instanceof Error && "code" in error && error.code === "EEXIST");
  }
}
