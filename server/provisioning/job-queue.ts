import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import { type Acquirer, createAcquirer } from "./acquirer.ts";
import { type ClaimOptions, claimJob } from "./claim-job.ts";
import type { JobKinds } from "./job-kind.ts";
import { startKeyPurge } from "./key-purge.ts";
import { type EndLostJobs, rememberHeldJobs } from "./lost-jobs.ts";
import { startReaper } from "./reaper.ts";

/** How long a daemon holds a job without reporting again. See docs/decisions/0004-job-leases.md. */
const LEASE_MS = 45_000;

export interface JobQueue extends AsyncDisposable {
  readonly leaseMs: number;
  readonly acquirer: Acquirer;
  /** The kinds of jobs that the queue can hand out and end. */
  readonly kinds: JobKinds;
  /** Identifies the server's data directory. */
  readonly home: string;
  readonly endLostJobs: EndLostJobs;
}

/**
 * Starts a server's queue, which serves waiting daemons and takes jobs from daemons whose lease has ended. Close it before the store.
 *
 * @param options.home identifies the server's data directory; by it the server knows the jobs of its own daemons again
 * @param options.leaseMs default `LEASE_MS`; tests use less
 * @param options.reapEveryMs default: a tenth of the lease, but between 50 ms and 1 s
 */
export async function startJobQueue(
  core: Database,
  options: ClaimOptions & {
    readonly kinds: JobKinds;
    readonly home: string;
    readonly log: Pick<Logger, "warn" | "error">;
    readonly leaseMs?: number;
    readonly pollMs?: number;
    readonly reapEveryMs?: number;
  },
): Promise<JobQueue> {
  const { kinds, home, log, leaseMs = LEASE_MS } = options;
  const intervalMs = options.reapEveryMs ?? Math.max(50, Math.min(1_000, leaseMs / 10));
  const endLostJobs = await rememberHeldJobs(core, kinds, home);
  await using started = new AsyncDisposableStack();
  const acquirer = started.use(
    createAcquirer({
      claim: (worker) => claimJob(core, worker, options),
      events: core.events,
      ...(options.pollMs !== undefined && { pollMs: options.pollMs }),
    }),
  );
  started.use(startReaper(core, { kinds, leaseMs, intervalMs, log }));
  started.use(startKeyPurge(core, { log }));
  const owned = started.move();
  return { leaseMs, acquirer, kinds, home, endLostJobs, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
