import type { StoreEvent, StoreEvents } from "../database/events.ts";
import type { Row } from "../database/tables.ts";
import type { Worker } from "./queue-rows.ts";
import { matchTags } from "./tags.ts";

type JobRow = Row<"provisioner_jobs">;

export interface Acquirer extends Disposable {
  /**
   * Waits for a job. Returns undefined if the signal aborts first, but a job whose claim is already running is still returned.
   *
   * @throws whatever `claim` throws
   */
  acquire(worker: Worker, signal: AbortSignal): Promise<JobRow | undefined>;
}

interface Waiter {
  readonly worker: Worker;
  readonly answer: PromiseWithResolvers<JobRow | undefined>;
  hasLeft: boolean;
}

/** Workers that can take exactly the same jobs. Only the first of them asks the database; the others wait behind it. */
interface Domain {
  readonly waiters: Waiter[];
  isAsking: boolean;
  mustAskAgain: boolean;
}

/**
 * Lets many daemons wait for jobs. A posted job wakes them at once, and a slow poll wakes them in case an event was lost.
 *
 * @param deps.pollMs default 30 s
 */
export function createAcquirer(deps: {
  readonly claim: (worker: Worker) => Promise<JobRow | undefined>;
  readonly events: StoreEvents;
  readonly pollMs?: number;
}): Acquirer {
  const domains = new Map<string, Domain>();

  const ask = async (domain: Domain): Promise<void> => {
    domain.mustAskAgain = true;
    if (domain.isAsking) return;
    domain.isAsking = true;
    for (let waiter = domain.waiters[0]; waiter !== undefined && domain.mustAskAgain; waiter = domain.waiters[0]) {
      domain.mustAskAgain = false;
      try {
        const job = await deps.claim(waiter.worker);
        if (job === undefined && !waiter.hasLeft) continue;
        waiter.answer.resolve(job);
      } catch (error) {
        waiter.answer.reject(error);
      }
      remove(domain.waiters, waiter);
      domain.mustAskAgain = true;
    }
    domain.isAsking = false;
  };
  const wake = (fits: (worker: Worker) => boolean): void => {
    for (const [key, domain] of domains) {
      const [first] = domain.waiters;
      if (first === undefined && !domain.isAsking) domains.delete(key);
      else if (first !== undefined && fits(first.worker)) void ask(domain);
    }
  };
  const unsubscribe = deps.events.subscribe((event) => {
    if (event.kind === "resync") wake(() => true);
    else if (event.kind === "job_posted") wake((worker) => mayTake(worker, event));
  });
  const poll = setInterval(() => wake(() => true), deps.pollMs ?? 30_000);
  poll.unref();

  return {
    acquire: async (worker, signal) => {
      if (signal.aborted) return undefined;
      const key = domainKey(worker);
      const domain = domains.get(key) ?? { waiters: [], isAsking: false, mustAskAgain: false };
      domains.set(key, domain);
      const waiter: Waiter = { worker, answer: Promise.withResolvers(), hasLeft: false };
      const leave = (): void => letGo(domain, waiter);
      signal.addEventListener("abort", leave, { once: true });
      // A waiter behind others need not ask yet: the first of them found nothing, or is asking now.
      if (domain.waiters.push(waiter) === 1) void ask(domain);
      try {
        return await waiter.answer.promise;
      } finally {
        signal.removeEventListener("abort", leave);
      }
    },
    [Symbol.dispose]: () => {
      unsubscribe();
      clearInterval(poll);
      for (const domain of domains.values()) for (const waiter of [...domain.waiters]) letGo(domain, waiter);
      domains.clear();
    },
  };
}

function letGo(domain: Domain, waiter: Waiter): void {
  waiter.hasLeft = true;
  // Its claim may be running. Whatever that finds still belongs to this waiter, so the answer waits for it.
  if (domain.isAsking && domain.waiters[0] === waiter) return;
  remove(domain.waiters, waiter);
  waiter.answer.resolve(undefined);
}

function mayTake({ organizationId, provisioners, tags }: Worker, job: StoreEvent & { readonly kind: "job_posted" }): boolean {
  return organizationId === job.organizationId && provisioners.some((type) => type === job.provisioner) && matchTags(job.tags, tags);
}

function domainKey({ organizationId, provisioners, tags }: Worker): string {
  const sorted = Object.entries(tags).sort(([left], [right]) => (left < right ? -1 : 1));
  return JSON.stringify([organizationId, [...provisioners].sort(), sorted]);
}

function remove<T>(items: T[], item: T): void {
  const at = items.indexOf(item);
  if (at >= 0) items.splice(at, 1);
}
