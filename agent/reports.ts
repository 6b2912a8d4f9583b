/** The agent's reports to the server, in wire format. */
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { AppHealth, Log_Level, Timing_Stage, Timing_Status } from "#proto/gen/agent_pb.js";
import { uuidToBytes } from "#proto/uuid.ts";
import type { Health } from "./app-health.ts";
import { type LifecycleChange, toWireState } from "./lifecycle.ts";
import type { LogBatch, LogLevel } from "./log-queue.ts";
import type { MetadataResult } from "./metadata-collector.ts";
import type { ScriptStage, ScriptStatus, ScriptTiming } from "./script-runner.ts";
import type { AgentClient } from "./server-connection.ts";

export async function sendLifecycle(client: AgentClient, { state, changedAt }: LifecycleChange, signal: AbortSignal): Promise<void> {
  await client.updateLifecycle({ lifecycle: { state: toWireState(state), changedAt: timestampFromDate(changedAt) } }, { signal });
}

const STAGES = {
  start: Timing_Stage.START,
  stop: Timing_Stage.STOP,
  cron: Timing_Stage.CRON,
} as const satisfies Record<ScriptStage, Timing_Stage>;
const STATUSES = {
  ok: Timing_Status.OK,
  exit_failure: Timing_Status.EXIT_FAILURE,
  timed_out: Timing_Status.TIMED_OUT,
  pipes_left_open: Timing_Status.PIPES_LEFT_OPEN,
} as const satisfies Record<ScriptStatus, Timing_Status>;

export async function sendTiming(client: AgentClient, timing: ScriptTiming, signal: AbortSignal): Promise<void> {
  const { scriptId, stage, status, exitCode, startedAt, endedAt } = timing;
  const [start, end] = [timestampFromDate(startedAt), timestampFromDate(endedAt)];
  await client.scriptCompleted(
    { timing: { scriptId: uuidToBytes(scriptId), stage: STAGES[stage], status: STATUSES[status], exitCode, start, end } },
    { signal },
  );
}

const LEVELS = {
  debug: Log_Level.DEBUG,
  info: Log_Level.INFO,
  warn: Log_Level.WARN,
  error: Log_Level.ERROR,
} as const satisfies Record<LogLevel, Log_Level>;

export async function sendLogs(
  client: AgentClient,
  { sourceId, runId, first, lines }: LogBatch,
  signal: AbortSignal,
): Promise<{ limitExceeded: boolean }> {
  const logs = lines.map(({ createdAt, level, output }) => ({ createdAt: timestampFromDate(createdAt), level: LEVELS[level], output }));
  const { logLimitExceeded } = await client.batchCreateLogs(
    { logSourceId: uuidToBytes(sourceId), runId: uuidToBytes(runId), firstLog: BigInt(first), logs },
    { signal },
  );
  return { limitExceeded: logLimitExceeded };
}

export async function sendMetadata(client: AgentClient, results: readonly MetadataResult[], signal: AbortSignal): Promise<void> {
  const metadata = results.map(({ key, value, error, collectedAt }) => ({
    key,
    result: { value, error, collectedAt: timestampFromDate(collectedAt) },
  }));
  await client.batchUpdateMetadata({ metadata }, { signal });
}

const HEALTHS = {
  initializing: AppHealth.INITIALIZING,
  healthy: AppHealth.HEALTHY,
  unhealthy: AppHealth.UNHEALTHY,
} as const satisfies Record<Health, AppHealth>;

export async function sendHealths(client: AgentClient, healths: ReadonlyMap<string, Health>, signal: AbortSignal): Promise<void> {
  const updates = [...healths].map(([id, health]) => ({ id: uuidToBytes(id), health: HEALTHS[health] }));
  await client.batchUpdateAppHealths({ updates }, { signal });
}
