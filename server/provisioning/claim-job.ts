import type { Database, Tx } from "../database/database.ts";
import { advisoryLock } from "../database/locks.ts";
import type { Row } from "../database/tables.ts";
import type { DaemonId, JobId, UserId } from "../ids.ts";
import { findKnownDaemons } from "./daemon-rows.ts";
import { KeyDeletedError } from "./key-errors.ts";
import { matchDaemons } from "./match-daemons.ts";
import { holdKeyOfDaemon } from "./provisioner-key-rows.ts";
import { claimRow, type Worker } from "./queue-rows.ts";
import { endYielding, findNextJob, findUnnotedJob, findWorkersOf, type NextJob, takeTurn } from "./turn-rows.ts";
import { runningLimit, YIELDING_MS } from "./turn-rules.ts";

export interface ClaimOptions {
  /** How many running jobs one person may have while somebody else waits. Default: one fewer than there are daemons for the next job. */
  readonly maxRunningPerOwner?: number;
}

/**
 * Gives the worker the next job that it may take, under a lease. People take turns, jobs that nobody waits for come last, and whoever has
 * many running jobs is passed over while somebody else waits. Claims happen one after another, so workers that ask at the same time get
 * different jobs, in the same order as if they had asked in turn.
 *
 * @throws KeyDeletedError
 * @see docs/decisions/0026-people-take-turns.md
 */
export function claimJob(core: Database, worker: Worker, options: ClaimOptions = {}): Promise<Row<"provisioner_jobs"> | undefined> {
  if (worker.provisioners.length === 0) return Promise.resolve(undefined);
  return core.write(async (tx) => {
    if (!(await holdKeyOfDaemon(core.dialect, tx.db, worker.id))) throw new KeyDeletedError();
    await advisoryLock(core, tx, "turns");
    const at = core.now();
    await endYielding(tx.db, worker.organizationId, new Date(at.getTime() - YIELDING_MS));
    const locked: JobId[] = [];
    for (;;) {
      const next = await nextJob(core, tx, worker, { ...options, locked });
      if (next === undefined) return undefined;
      const job = await claimRow(core.dialect, tx.db, next.id, worker, at);
      // Somebody is about to cancel it.
      if (job === undefined) {
        locked.push(next.id);
        continue;
      }
      await takeTurn(tx.db, job);
      tx.publish({ kind: "job_changed", jobId: job.id });
      return job;
    }
  });
}

/** Finds the next job of somebody who has not too many running. If everybody who waits has, the first of them gets a job anyway. */
async function nextJob(
  core: Database,
  tx: Tx,
  worker: Worker,
  { locked: jobs, ...options }: ClaimOptions & { readonly locked: readonly JobId[] },
): Promise<NextJob | undefined> {
  const people: UserId[] = [];
  const find = (): Promise<NextJob | undefined> => findNextJob(core.dialect, tx.db, worker, { people, jobs });
  // The same for everybody who is passed over.
  let known: Promise<KnownDaemons> | undefined;
  const daemons = (): Promise<KnownDaemons> => (known ??= findKnownDaemons(tx.db, worker.organizationId));
  const first = await find();
  if (first === undefined) return findUnnotedJob(core.dialect, tx.db, worker, { jobs });
  for (let next: NextJob | undefined = first; next !== undefined; next = await find()) {
    if (!(await hasEnough(core, tx, worker, next, { ...options, daemons }))) return next;
    people.push(next.initiator_id);
  }
  return first;
}

type KnownDaemons = Awaited<ReturnType<typeof findKnownDaemons>>;

/** Whether the person who asked for this job has as many running ones as anybody may have while others wait. */
async function hasEnough(
  core: Database,
  { db }: Tx,
  worker: Worker,
  next: NextJob,
  { maxRunningPerOwner, daemons }: ClaimOptions & { readonly daemons: () => Promise<KnownDaemons> },
): Promise<boolean> {
  const workers = await findWorkersOf(db, worker.organizationId, next.initiator_id);
  // Most claims end here.
  if (workers.length === 0) return false;
  if (maxRunningPerOwner !== undefined) return workers.length >= maxRunningPerOwner;
  // Jobs on daemons that could not take this one keep nobody from it.
  const fitting = matchDaemons(next, await daemons(), core.now()).available;
  const ids = new Set<DaemonId | null>([worker.id, ...fitting.map(({ id }) => id)]);
  return workers.filter((id) => ids.has(id)).length >= runningLimit(ids.size);
}
