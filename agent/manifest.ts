import { type Duration, durationMs } from "@bufbuild/protobuf/wkt";
import { type Manifest as WireManifest, WorkspaceApp_Health } from "#proto/gen/agent_pb.js";
import { uuidFromBytes } from "#proto/uuid.ts";

export interface Script {
  readonly id: string;
  readonly logSourceId: string;
  readonly displayName: string;
  readonly text: string;
  /** File for a copy of the output; empty for the default file. */
  readonly logPath: string;
  /** Empty, or five fields from seconds to month, optionally followed by the day of the week. */
  readonly cron: string;
  readonly runOnStart: boolean;
  readonly runOnStop: boolean;
  /** 0: no limit. */
  readonly timeoutMs: number;
}

export interface MetadataDescription {
  readonly key: string;
  readonly script: string;
  /** 0: collected once. */
  readonly intervalSeconds: number;
  /** 0: no explicit limit. */
  readonly timeoutSeconds: number;
}

export interface CheckedApp {
  readonly id: string;
  readonly url: string;
  readonly intervalMs: number;
  readonly threshold: number;
  readonly isHealthy: boolean;
}

/** The server's instructions for this agent, in our own types. */
export interface Manifest {
  readonly agentId: string;
  readonly agentName: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly ownerName: string;
  readonly directory: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly vscodeProxyUri: string;
  readonly scripts: readonly Script[];
  readonly metadata: readonly MetadataDescription[];
  /** Only the apps with a health check. */
  readonly apps: readonly CheckedApp[];
}

const NIL = "00000000-0000-0000-0000-000000000000";

/** @throws Error naming a field that is not a UUID, because nothing can be reported without IDs */
export function parseManifest(wire: WireManifest): Manifest {
  return {
    agentId: idOf(wire.agentId, "agent_id"),
    agentName: wire.agentName,
    workspaceId: idOf(wire.workspaceId, "workspace_id"),
    workspaceName: wire.workspaceName,
    ownerName: wire.ownerUsername,
    directory: wire.directory,
    environmentVariables: wire.environmentVariables,
    vscodeProxyUri: wire.vsCodePortProxyUri,
    scripts: wire.scripts.map((script) => ({
      id: idOf(script.id, "script id"),
      logSourceId: idOf(script.logSourceId, "log_source_id"),
      displayName: script.displayName,
      text: script.script,
      logPath: script.logPath,
      cron: script.cron,
      runOnStart: script.runOnStart,
      runOnStop: script.runOnStop,
      timeoutMs: script.timeout === undefined ? 0 : durationMs(script.timeout),
    })),
    metadata: wire.metadata.map(({ key, script, interval, timeout }) => ({
      key,
      script,
      intervalSeconds: secondsInNanos(interval),
      timeoutSeconds: secondsInNanos(timeout),
    })),
    apps: wire.apps.flatMap(({ id, healthcheck, health }) => {
      const intervalMs = healthcheck?.interval === undefined ? 0 : durationMs(healthcheck.interval);
      if (
        healthcheck === undefined ||
        healthcheck.url === "" ||
        intervalMs <= 0 ||
        healthcheck.threshold <= 0 ||
        health === WorkspaceApp_Health.DISABLED
      )
        return [];
      const { url, threshold } = healthcheck;
      return [{ id: idOf(id, "app id"), url, intervalMs, threshold, isHealthy: health === WorkspaceApp_Health.HEALTHY }];
    }),
  };
}

/** These two durations contain seconds instead of nanoseconds, since the first version of the API. */
function secondsInNanos(duration: Duration | undefined): number {
  return duration === undefined ? 0 : Number(duration.seconds) * 1_000_000_000 + duration.nanos;
}

function idOf(bytes: Uint8Array, what: string): string {
  const id = uuidFromBytes(bytes);
  if (id === undefined || id === NIL) throw new Error(`the ${what} in the server's manifest is not a UUID`);
  return id;
}
