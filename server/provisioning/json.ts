import type { ProvisionerDaemonJob, ProvisionerDaemon as ProvisionerDaemonJson, ProvisionerType } from "#sdk/provisioner-daemons.ts";
import type { MatchedProvisioners } from "#sdk/provisioner-jobs.ts";
import type { ProvisionerKey as ProvisionerKeyJson } from "#sdk/provisioner-keys.ts";
import { ZERO_UUID } from "#sdk/scalars.ts";
import type { ProvisionerDaemon } from "./daemon-rows.ts";
import type { Job } from "./job-rows.ts";
import { isOffline, type MatchedDaemons } from "./match-daemons.ts";
import type { ProvisionerKey } from "./provisioner-key-rows.ts";

export function provisionerKeyJson(key: ProvisionerKey): ProvisionerKeyJson {
  return {
    id: key.id,
    created_at: key.created_at.toISOString(),
    organization: key.organization_id ?? ZERO_UUID,
    name: key.name,
    tags: { ...key.tags },
  };
}

/** @param jobs the daemon's jobs that the caller may see */
export function provisionerDaemonJson(daemon: ProvisionerDaemon, jobs: ReadonlyMap<string, Job>, now: Date): ProvisionerDaemonJson {
  return {
    id: daemon.id,
    organization_id: daemon.organization_id,
    key_id: daemon.key_id,
    created_at: daemon.created_at.toISOString(),
    ...(daemon.last_seen_at !== null && { last_seen_at: daemon.last_seen_at.toISOString() }),
    name: daemon.name,
    version: daemon.version,
    api_version: daemon.api_version,
    provisioners: daemon.provisioners.filter(isProvisionerType),
    tags: { ...daemon.tags },
    key_name: daemon.key_name,
    status: isOffline(daemon, now) ? "offline" : daemon.current_job_id === null ? "idle" : "busy",
    current_job: daemonJobJson(jobs.get(daemon.current_job_id ?? "")),
    previous_job: daemonJobJson(jobs.get(daemon.previous_job_id ?? "")),
  };
}

function daemonJobJson(job: Job | undefined): ProvisionerDaemonJob | null {
  if (job === undefined) return null;
  return {
    id: job.id,
    status: job.job_status,
    template_name: job.template_name ?? "",
    template_icon: job.template_icon ?? "",
    template_display_name: job.template_display_name ?? "",
  };
}

function isProvisionerType(name: string): name is ProvisionerType {
  return name === "terraform" || name === "echo";
}

export function matchedProvisionersJson({ count, available, mostRecentlySeen }: MatchedDaemons): MatchedProvisioners {
  return {
    count,
    available: available.length,
    ...(mostRecentlySeen !== undefined && { most_recently_seen: mostRecentlySeen.toISOString() }),
  };
}
