import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { type Acquirer, createAcquirer } from "./acquirer.ts";
import { claimJob } from "./claim-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { renewLeasesAfterStart, startReaper } from "./reaper.ts";

/** How long a daemon holds a job without another word. docs/decisions/0004-job-leases.md */
const LEASE_MS = 45_000;

export interface JobQueue extends AsyncDisposable {
  readonly leaseMs: number;
  readonly acquirer: Acquirer;
  /** The jobs that it knows how to hand out and to end. */
  readonly kinds: JobKinds;
}

/**
 * Starts the queue of a server: waiting daemons are served, and jobs whose lease has ended are failed. Close it before the store.
 *
 * @param options.leaseMs default `LEASE_MS`; tests take less
 * @param options.reapEveryMs default: four times a lease, at most 5 s apart
 */
export async function startJobQueue(
  core: Database,
  options: {
    readonly kinds: JobKinds;
    readonly log: Pick<Logger, "warn" | "error">;
    readonly leaseMs?: number;
    readonly pollMs?: number;
    readonly reapEveryMs?: number;
  },
): Promise<JobQueue> {
  const { kinds, log, leaseMs = LEASE_MS } = options;
  const intervalMs = options.reapEveryMs ?? Math.max(50, Math.min(5_000, leaseMs / 4));
  await renewLeasesAfterStart(core, leaseMs);
  await using started = new AsyncDisposableStack();
  const acquirer = started.use(
    createAcquirer({
      claim: (worker) => claimJob(core, worker, leaseMs),
      events: core.events,
      ...(options.pollMs !== undefined && { pollMs: options.pollMs }),
    }),
  );
  started.use(startReaper(core, { kinds, leaseMs, intervalMs, log }));
  const owned = started.move();
  return { leaseMs, acquirer, kinds, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
