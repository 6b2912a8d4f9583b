import type { JobId } from "../ids.ts";
import type { Lease } from "./queue-rows.ts";

export interface LeaseWatch {
  /**
   * Takes notice of the leases of all running jobs.
   *
   * @param atMs the time of a monotonic clock
   * @returns those that have not been renewed for as long as a lease lasts
   */
  look(leases: readonly Lease[], atMs: number): Lease[];
  /** Returns in how many milliseconds a lease may end of which nothing is heard until then; infinity without leases. */
  untilNextEnd(): number;
}

interface Watched {
  readonly lease: Lease;
  /** For how long this watch has seen the lease without a change. */
  silentMs: number;
}

/**
 * Decides which leases have ended, by watching whether they are renewed. The time in which nobody looked does not count: after a pause of
 * this process, or while the database did not answer, daemons had no chance to renew anything either.
 *
 * @param options.unwatchedMs the longest time between two looks that counts in full
 */
export function createLeaseWatch({ leaseMs, unwatchedMs }: { readonly leaseMs: number; readonly unwatchedMs: number }): LeaseWatch {
  let watched = new Map<JobId, Watched>();
  let lookedAtMs: number | undefined;
  return {
    look: (leases, atMs) => {
      const passedMs = lookedAtMs === undefined ? 0 : Math.min(atMs - lookedAtMs, unwatchedMs);
      lookedAtMs = atMs;
      const before = watched;
      watched = new Map(
        leases.map((lease) => {
          const known = before.get(lease.id);
          const silentMs = known !== undefined && isSameLease(known.lease, lease) ? known.silentMs + passedMs : 0;
          return [lease.id, { lease, silentMs }];
        }),
      );
      return [...watched.values()].filter(({ silentMs }) => silentMs >= leaseMs).map(({ lease }) => lease);
    },
    untilNextEnd: () => {
      let longestMs = Number.NEGATIVE_INFINITY;
      for (const { silentMs } of watched.values()) longestMs = Math.max(longestMs, silentMs);
      return leaseMs - longestMs;
    },
  };
}

export function isSameLease(left: Lease, right: Lease): boolean {
  return left.id === right.id && left.claims === right.claims && left.lease_renewals === right.lease_renewals;
}
