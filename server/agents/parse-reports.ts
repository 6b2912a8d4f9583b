/** Checks what agents report and translates it into the store's terms. Anything invalid throws INVALID_ARGUMENT. */
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  type BatchCreateLogsRequest,
  type BatchUpdateAppHealthRequest,
  type BatchUpdateMetadataRequest,
  type Lifecycle,
  Lifecycle_State,
  Log_Level,
  type Startup,
  Startup_Subsystem,
  type Timing,
  Timing_Stage,
  Timing_Status,
  AppHealth as WireAppHealth,
} from "#proto/gen/agent_pb.js";
import { StatusError } from "#proto/status.ts";
import { uuidFromBytes } from "#proto/uuid.ts";
import type { AgentLifecycle } from "../database/tables/agents.ts";
import type { AppHealth } from "../database/tables/apps.ts";
import type { LogLevel } from "../database/tables/provisioning.ts";
import type { Row } from "../database/tables.ts";
import { AppId, LogSourceId, NIL_UUID, ScriptId } from "../ids.ts";
import type { NewAgentLog } from "./append-logs.ts";
import { EXTERNAL_LOG_SOURCE } from "./external-log-source.ts";
import type { LogNumbers } from "./new-lines.ts";

const LIFECYCLES: Partial<Record<Lifecycle_State, AgentLifecycle>> = {
  [Lifecycle_State.CREATED]: "created",
  [Lifecycle_State.STARTING]: "starting",
  [Lifecycle_State.START_TIMEOUT]: "start_timeout",
  [Lifecycle_State.START_ERROR]: "start_error",
  [Lifecycle_State.READY]: "ready",
  [Lifecycle_State.SHUTTING_DOWN]: "shutting_down",
  [Lifecycle_State.SHUTDOWN_TIMEOUT]: "shutdown_timeout",
  [Lifecycle_State.SHUTDOWN_ERROR]: "shutdown_error",
  [Lifecycle_State.OFF]: "off",
};

/** @returns `changedAt` undefined if the agent did not send a time */
export function parseLifecycle(lifecycle: Lifecycle | undefined): { state: AgentLifecycle; changedAt: Date | undefined } {
  const state = lifecycle && LIFECYCLES[lifecycle.state];
  if (state === undefined) throw invalid(`unknown lifecycle state ${lifecycle?.state ?? "none"}`);
  return { state, changedAt: parseTime(lifecycle?.changedAt) };
}

const SUBSYSTEMS: Partial<Record<Startup_Subsystem, string>> = {
  [Startup_Subsystem.ENVBOX]: "envbox",
  [Startup_Subsystem.ENVBUILDER]: "envbuilder",
  [Startup_Subsystem.EXECTRACE]: "exectrace",
};
const SEMVER_WITH_V = /^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

export function parseStartup(startup: Startup | undefined): { version: string; expandedDirectory: string; subsystems: string[] } {
  if (startup === undefined) throw invalid("startup is missing");
  if (!SEMVER_WITH_V.test(startup.version))
    throw invalid(`version ${JSON.stringify(startup.version)} is not a semantic version with a leading v`);
  const subsystems = startup.subsystems.map((subsystem) => {
    const name = SUBSYSTEMS[subsystem];
    if (name === undefined) throw invalid(`unknown subsystem ${subsystem}`);
    return name;
  });
  return { version: startup.version, expandedDirectory: startup.expandedDirectory, subsystems: [...new Set(subsystems)].sort() };
}

const LEVELS: Partial<Record<Log_Level, LogLevel>> = {
  [Log_Level.LEVEL_UNSPECIFIED]: "info",
  [Log_Level.TRACE]: "trace",
  [Log_Level.DEBUG]: "debug",
  [Log_Level.INFO]: "info",
  [Log_Level.WARN]: "warn",
  [Log_Level.ERROR]: "error",
};

export function parseLogs({ logSourceId, logs, runId, firstLog }: BatchCreateLogsRequest): {
  sourceId: LogSourceId;
  logs: NewAgentLog[];
  numbers: LogNumbers | undefined;
} {
  const uuid = logSourceId.length === 0 ? NIL_UUID : uuidFromBytes(logSourceId);
  if (uuid === undefined) throw invalid("log_source_id is not a UUID");
  return {
    sourceId: uuid === NIL_UUID ? EXTERNAL_LOG_SOURCE : LogSourceId.parse(uuid),
    // PostgreSQL's text type cannot hold NUL.
    logs: logs.map((log) => ({ level: LEVELS[log.level] ?? "info", output: log.output.replaceAll("\0", "\u274c") })),
    numbers: parseNumbers(runId, firstLog, logs.length),
  };
}

/** Older agents do not number their lines. */
function parseNumbers(runId: Uint8Array, firstLog: bigint, count: number): LogNumbers | undefined {
  if (runId.length === 0) return undefined;
  const run = uuidFromBytes(runId);
  if (run === undefined) throw invalid("run_id is not a UUID");
  if (firstLog < 1n || firstLog > BigInt(Number.MAX_SAFE_INTEGER - count)) throw invalid(`first_log cannot be ${firstLog}`);
  return { run, first: Number(firstLog) };
}

const METADATA_TEXT_BYTES = 2_048;
const METADATA_KEY_BYTES = 6_144;

/** @returns `isTruncated` if the keys were too long in total, so that only the first ones are returned */
export function parseMetadata({ metadata }: BatchUpdateMetadataRequest): {
  values: { key: string; value: string; error: string }[];
  isTruncated: boolean;
} {
  let room = METADATA_KEY_BYTES;
  const values: { key: string; value: string; error: string }[] = [];
  for (const { key, result } of metadata) {
    room -= Buffer.byteLength(key);
    if (room < 0) return { values, isTruncated: true };
    values.push({ key, ...boundedResult(result?.value ?? "", result?.error ?? "") });
  }
  return { values, isTruncated: false };
}

function boundedResult(value: string, error: string): { value: string; error: string } {
  const [valueBytes, errorBytes] = [Buffer.byteLength(value), Buffer.byteLength(error)];
  const tooLong = (what: string, bytes: number): string => `${what} of ${bytes} bytes exceeded ${METADATA_TEXT_BYTES} bytes`;
  if (valueBytes > METADATA_TEXT_BYTES) return { value: cut(value), error: tooLong("value", valueBytes) };
  return { value, error: errorBytes > METADATA_TEXT_BYTES ? tooLong("error", errorBytes) : error };
}

/** Cuts a text to the maximum size, without splitting a character. */
function cut(text: string): string {
  const bytes = Buffer.from(text).subarray(0, METADATA_TEXT_BYTES);
  return new TextDecoder().decode(bytes, { stream: true });
}

const APP_HEALTHS: Partial<Record<WireAppHealth, AppHealth>> = {
  [WireAppHealth.DISABLED]: "disabled",
  [WireAppHealth.INITIALIZING]: "initializing",
  [WireAppHealth.HEALTHY]: "healthy",
  [WireAppHealth.UNHEALTHY]: "unhealthy",
};

/** @param apps the agent's own apps */
export function parseAppHealths(
  { updates }: BatchUpdateAppHealthRequest,
  apps: readonly Pick<Row<"workspace_apps">, "id" | "healthcheck_url">[],
): { appId: AppId; health: AppHealth }[] {
  return updates.map((update) => {
    const id = uuidFromBytes(update.id);
    if (id === undefined) throw invalid("an app's ID is not a UUID");
    const app = apps.find((each) => each.id === id);
    if (app === undefined) throw invalid(`this agent has no app ${id}`);
    if (app.healthcheck_url === "") throw invalid(`app ${app.id} has no health check`);
    const health = APP_HEALTHS[update.health];
    if (health === undefined) throw invalid(`unknown health ${update.health} for app ${app.id}`);
    return { appId: AppId.parse(app.id), health };
  });
}

const STAGES: Partial<Record<Timing_Stage, Row<"workspace_agent_script_timings">["stage"]>> = {
  [Timing_Stage.START]: "start",
  [Timing_Stage.STOP]: "stop",
  [Timing_Stage.CRON]: "cron",
};
const STATUSES: Partial<Record<Timing_Status, Row<"workspace_agent_script_timings">["status"]>> = {
  [Timing_Status.OK]: "ok",
  [Timing_Status.EXIT_FAILURE]: "exit_failure",
  [Timing_Status.TIMED_OUT]: "timed_out",
  [Timing_Status.PIPES_LEFT_OPEN]: "pipes_left_open",
};

export function parseTiming(timing: Timing | undefined): Row<"workspace_agent_script_timings"> {
  const scriptId = timing && uuidFromBytes(timing.scriptId);
  if (timing === undefined || scriptId === undefined) throw invalid("script_id is missing or not a UUID");
  const [startedAt, endedAt] = [parseTime(timing.start), parseTime(timing.end)];
  if (startedAt === undefined || endedAt === undefined) throw invalid("start and end are required");
  if (startedAt > endedAt) throw invalid("start is after end");
  const [stage, status] = [STAGES[timing.stage], STATUSES[timing.status]];
  if (stage === undefined || status === undefined) throw invalid(`unknown stage ${timing.stage} or status ${timing.status}`);
  return { script_id: ScriptId.parse(scriptId), stage, status, exit_code: timing.exitCode, started_at: startedAt, ended_at: endedAt };
}

/** Returns undefined for a zero time, which is the epoch or, from some agents, the year 1. */
function parseTime(time: Timestamp | undefined): Date | undefined {
  return time === undefined || time.seconds <= 0n ? undefined : timestampDate(time);
}

function invalid(message: string): StatusError {
  return new StatusError("INVALID_ARGUMENT", message);
}
