import type { ProvisionerDaemon } from "./daemon-rows.ts";
import type { Job } from "./job-rows.ts";
import { matchTags } from "./tags.ts";

/** How long a daemon may be silent before it counts as offline, in milliseconds. */
const OFFLINE_AFTER_MS = 90_000;

/** A daemon that was seen far in the future is offline too: the clock was set back since, and a daemon that is online is seen again soon. */
export function isOffline(daemon: Pick<ProvisionerDaemon, "last_seen_at">, now: Date): boolean {
  return daemon.last_seen_at === null || Math.abs(now.getTime() - daemon.last_seen_at.getTime()) > OFFLINE_AFTER_MS;
}

/** The daemons that could take a job, online or not. If none of them is online, the job waits. */
export interface MatchedDaemons<T = ProvisionerDaemon> {
  readonly count: number;
  /** The matching daemons that are online. */
  readonly available: readonly T[];
  readonly mostRecentlySeen: Date | undefined;
}

export function matchDaemons<T extends Pick<ProvisionerDaemon, "tags" | "provisioners" | "last_seen_at">>(
  job: Pick<Job, "tags" | "provisioner">,
  daemons: readonly T[],
  now: Date,
): MatchedDaemons<T> {
  const fitting = daemons.filter((daemon) => daemon.provisioners.includes(job.provisioner) && matchTags(job.tags, daemon.tags));
  const seen = fitting.flatMap((daemon) => daemon.last_seen_at?.getTime() ?? []);
  return {
    count: fitting.length,
    available: fitting.filter((daemon) => !isOffline(daemon, now)),
    mostRecentlySeen: seen.length === 0 ? undefined : new Date(Math.max(...seen)),
  };
}
