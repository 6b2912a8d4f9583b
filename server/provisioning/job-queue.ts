import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { type Acquirer, createAcquirer } from "./acquirer.ts";
import { claimJob } from "./claim-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { renewLeasesAfterStart, startReaper } from "./reaper.ts";

/** How long a daemon holds a job without reporting again. See docs/decisions/0004-job-leases.md. */
const LEASE_MS = 45_000;

export interface JobQueue extends AsyncDisposable {
  readonly leaseMs: number;
  readonly acquirer: Acquirer;
  /** The kinds of jobs that the queue can hand out and end. */
  readonly kinds: JobKinds;
}

/**
 * Starts a server's queue, which serves waiting daemons and fails jobs whose lease has ended. Close it before the store.
 *
 * @param options.leaseMs default `LEASE_MS`; tests use less
 * @param options.reapEveryMs default: a quarter of the lease, but between 50 ms and 5 s
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
