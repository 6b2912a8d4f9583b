/**
 * The service that workspace agents call. It authenticates each call anew, because a stop or the next build ends a token at once, and
 * accesses the store only as the agent's subject. Methods that are not implemented yet answer UNIMPLEMENTED.
 */
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { Server } from "@grpc/grpc-js";
import type { Logger } from "pino";
import {
  Agent,
  type BatchCreateLogsRequest,
  type BatchUpdateAppHealthRequest,
  type BatchUpdateMetadataRequest,
  type UpdateLifecycleRequest,
  type UpdateStartupRequest,
  type WorkspaceAgentScriptCompletedRequest,
} from "#proto/gen/agent_pb.js";
import { addService, type Handlers } from "#proto/grpc.ts";
import type { ServerCall } from "#proto/grpc-server.ts";
import { StatusError } from "#proto/status.ts";
import type { Access, AccessFor } from "../access/access.ts";
import type { Authentication } from "../access/authentication.ts";
import type { OnUnknownValue } from "../access/subject-of-agent.ts";
import type { AgentLifecycle } from "../database/tables/agents.ts";
import { LogQuotaExceededError } from "../errors.ts";
import type { Admit } from "../grpc/admission.ts";
import { toStatus } from "../grpc/domain-status.ts";
import { limitedHandlers } from "../grpc/limited-handlers.ts";
import type { AgentId } from "../ids.ts";
import { type AgentSession, authenticateAgent } from "./agent-session.ts";
import { appendLogs } from "./append-logs.ts";
import { createLogSource } from "./create-log-source.ts";
import { EXTERNAL_LOG_SOURCE } from "./external-log-source.ts";
import { toManifest } from "./manifest-message.ts";
import { parseAppHealths, parseLifecycle, parseLogs, parseMetadata, parseStartup, parseTiming } from "./parse-reports.ts";
import { getAgent, getManifest } from "./read-agent.ts";
import { reportAppHealths } from "./report-app-healths.ts";
import { markAgentConnected, markAgentDisconnected } from "./report-connection.ts";
import { reportLifecycle } from "./report-lifecycle.ts";
import { reportMetadata } from "./report-metadata.ts";
import { reportScriptTiming } from "./report-script-timing.ts";
import { reportStartup } from "./report-startup.ts";

/** The queries and commands of the service, each for the agent that calls. */
const QUERIES = {
  appendLogs,
  createLogSource,
  getAgent,
  getManifest,
  markAgentConnected,
  markAgentDisconnected,
  reportAppHealths,
  reportLifecycle,
  reportMetadata,
  reportScriptTiming,
  reportStartup,
};
export type AgentQueries = typeof QUERIES;

export interface AgentServiceDeps {
  readonly authentication: Pick<Authentication, "withAgentToken">;
  readonly accessFor: AccessFor;
  readonly now: () => Date;
  readonly log: Pick<Logger, "error" | "debug">;
  /** How often a connected agent reports. Default: 10 s; an agent counts as disconnected after three silent intervals. */
  readonly reportIntervalMs?: number;
  /** The number of configured providers of Git credentials. Default: 0. */
  readonly gitAuthConfigs?: number;
  /** Default: the ones in this folder. */
  readonly queries?: AgentQueries;
}

/** Agents send their logs one megabyte at a time. A longer message of empty lines would turn into gigabytes of objects. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const LEAVING: readonly AgentLifecycle[] = ["off", "shutdown_timeout", "shutdown_error"];

/** @returns the check that admits callers */
export function addAgentService(server: Server, deps: AgentServiceDeps): Admit {
  const { authentication, log } = deps;
  const onError = (error: unknown, method: string): void => {
    if (!(error instanceof StatusError)) log.error({ err: error, method }, "an agent's call failed");
  };
  addService(server, Agent, limitedHandlers(Agent, agentHandlers(deps)), onError, MAX_REQUEST_BYTES);
  return async (metadata) => {
    try {
      // Unknown values are logged when the call is handled.
      await authenticateAgent(metadata, authentication, () => {});
    } catch (thrown) {
      const error = toStatus(thrown);
      onError(error, "any");
      throw error;
    }
  };
}

function agentHandlers({
  authentication,
  accessFor,
  now,
  log,
  reportIntervalMs = 10_000,
  gitAuthConfigs = 0,
  queries = QUERIES,
}: AgentServiceDeps) {
  const onUnknown: OnUnknownValue = (kind, value, agentId) =>
    log.error({ agentId, kind, value }, `an agent has an unknown ${kind} and gets the fewest rights possible`);

  /** Authenticates the call, then passes the handler the agent's ID and its access to the store. */
  const asAgent =
    <Request, Response>(handle: (request: Request, agent: AgentSession & Served) => Promise<Response>) =>
    async (request: Request, call: ServerCall): Promise<Response> => {
      try {
        const session = await authenticateAgent(call.metadata, authentication, onUnknown);
        return await handle(request, { ...session, id: session.identity.agent.id, access: accessFor(session.subject) });
      } catch (error) {
        throw toStatus(error);
      }
    };

  return {
    getManifest: asAgent(async (_request: unknown, { id, access }) => {
      const manifest = toManifest(await queries.getManifest(access, id), gitAuthConfigs);
      await queries.markAgentConnected(access, id, now());
      return manifest;
    }),

    getServiceBanner: asAgent(async () => ({ enabled: false })),
    getAnnouncementBanners: asAgent(async () => ({})),

    updateStats: asAgent(async (_request: unknown, { id, access }) => {
      await queries.markAgentConnected(access, id, now());
      return { reportInterval: durationFromMs(reportIntervalMs) };
    }),

    updateStartup: asAgent(async ({ startup }: UpdateStartupRequest, { id, access, apiVersion }) => {
      await queries.reportStartup(access, id, { ...parseStartup(startup), apiVersion });
      return startup ?? {};
    }),

    updateLifecycle: asAgent(async ({ lifecycle }: UpdateLifecycleRequest, { id, access }) => {
      const { state, changedAt } = parseLifecycle(lifecycle);
      await queries.reportLifecycle(access, id, state, changedAt ?? now());
      // An agent that says it is leaving counts as disconnected at once.
      if (LEAVING.includes(state)) await queries.markAgentDisconnected(access, id, now());
      return lifecycle ?? {};
    }),

    batchCreateLogs: asAgent(async (request: BatchCreateLogsRequest, { id, access }) => {
      const { sourceId, logs, numbers } = parseLogs(request);
      if (logs.length === 0) return {};
      if (sourceId === EXTERNAL_LOG_SOURCE) await queries.createLogSource(access, id, { id: sourceId, displayName: "External", icon: "" });
      try {
        await queries.appendLogs(access, id, sourceId, logs, numbers);
        return {};
      } catch (error) {
        if (error instanceof LogQuotaExceededError) return { logLimitExceeded: true };
        throw error;
      }
    }),

    batchUpdateMetadata: asAgent(async (request: BatchUpdateMetadataRequest, { id, access }) => {
      const { values, isTruncated } = parseMetadata(request);
      const collectedAt = now();
      await queries.reportMetadata(
        access,
        id,
        values.map((value) => ({ ...value, collectedAt })),
      );
      if (isTruncated) throw new StatusError("INVALID_ARGUMENT", "the metadata keys are too long in total: only the first ones were kept");
      return {};
    }),

    scriptCompleted: asAgent(async ({ timing }: WorkspaceAgentScriptCompletedRequest, { id, access }) => {
      await queries.reportScriptTiming(access, id, parseTiming(timing));
      return {};
    }),

    batchUpdateAppHealths: asAgent(async (request: BatchUpdateAppHealthRequest, { id, access }) => {
      await queries.reportAppHealths(access, id, parseAppHealths(request, (await queries.getAgent(access, id)).apps));
      return {};
    }),
  } satisfies Handlers<typeof Agent.method>;
}

interface Served {
  readonly id: AgentId;
  readonly access: Access;
}
