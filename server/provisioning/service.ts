/**
 * The service that provisioner daemons call, in this process or on another machine, to get jobs, report on them, and end them.
 * Each call is authenticated anew, and a daemon reaches only the jobs that it holds. Each call is implemented in its own file.
 */
import type { Server } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { type CancelAcquire, ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { addService } from "#proto/grpc.ts";
import type { ServerCall } from "#proto/grpc-server.ts";
import { StatusError } from "#proto/status.ts";
import type { Admit } from "../grpc/admission.ts";
import { toStatus } from "../grpc/domain-status.ts";
import { limitedHandlers } from "../grpc/limited-handlers.ts";
import { completeJob } from "./complete-job.ts";
import { createDaemonSessions, type DaemonSession } from "./daemon-session.ts";
import { failJob } from "./fail-job.ts";
import { receiveFile, sendFile } from "./file-transfer.ts";
import { renewHeldJob } from "./held-job.ts";
import type { JobQueue } from "./job-queue.ts";
import { receiveState, sendState } from "./state-transfer.ts";
import { updateJob } from "./update-job.ts";
import { type WaitDeps, waitForJob } from "./wait-for-job.ts";

export interface ProvisionerServiceDeps extends WaitDeps {
  readonly queue: JobQueue;
  /** The provisioner key of the daemons in this process, which is not stored in the database. */
  readonly builtInDaemonKey: string;
  readonly log: Pick<Logger, "warn" | "error">;
}

/** How long the older call, `acquireJob`, waits for a job. */
const SHORT_POLL_MS = 5_000;

/** @returns the check that admits callers */
export function addProvisionerDaemonService(server: Server, deps: ProvisionerServiceDeps): Admit {
  const { core, queue, log } = deps;
  const sessions = createDaemonSessions(core, { builtInKey: deps.builtInDaemonKey, home: queue.home });
  const open = (call: ServerCall): Promise<DaemonSession> => sessions.open(call.metadata);
  /** For what brings a job to an end: also for a daemon whose key was deleted while it ran the job. */
  const openForHeldJob = (call: ServerCall): Promise<DaemonSession> => sessions.openForHeldJob(call.metadata);

  const onError = (error: unknown, method: string): void => {
    if (!(error instanceof StatusError)) log.error({ err: error, method }, "a daemon's call failed");
  };

  const handlers = limitedHandlers(
    ProvisionerDaemon,
    {
      acquireJob: (_, call) => translated(async () => waitForJob(deps, call, () => open(call), AbortSignal.timeout(SHORT_POLL_MS))),
      acquireJobWithCancel: (requests, call) => acquireWithCancel(requests, call),
      updateJob: (request, call) => translated(async () => updateJob(core, queue, await openForHeldJob(call), request)),
      failJob: (request, call) =>
        translated(async () => {
          await failJob(core, queue.kinds, await openForHeldJob(call), request);
          return {};
        }),
      completeJob: (request, call) =>
        translated(async () => {
          await completeJob(core, queue.kinds, await openForHeldJob(call), request);
          return {};
        }),
      commitQuota: (request, call) =>
        translated(async () => {
          const daemon = await open(call);
          await core.write((tx) => renewHeldJob(core, tx, daemon, request.jobId));
          // Quotas do not exist yet, so every cost is within the budget.
          return { ok: true, creditsConsumed: 0, budget: -1 };
        }),
      uploadFile: (pieces, call) =>
        translated(async () => {
          await open(call);
          await receiveFile(core, pieces);
          return {};
        }),
      downloadFile: async function* (request, call) {
        const daemon = await translated(() => open(call));
        yield* sendFile(core, queue.kinds, daemon, request);
      },
      uploadState: (pieces, call) => translated(async () => receiveState(core, queue.kinds, await openForHeldJob(call), pieces)),
      downloadState: async function* (request, call) {
        try {
          yield* sendState(core, queue.kinds, await open(call), request);
        } catch (error) {
          throw toStatus(error);
        }
      },
    },
    // What Terraform built exists, so a result beyond the limits must end its job.
    { checkedInside: ["completeJob"] },
  );
  addService(server, ProvisionerDaemon, handlers, onError);
  return (metadata) =>
    translated(() => sessions.openForHeldJob(metadata)).catch((error: unknown) => {
      onError(error, "any");
      throw error;
    });

  async function* acquireWithCancel(requests: AsyncIterable<CancelAcquire>, call: ServerCall) {
    const cancel = new AbortController();
    // A message, the end of the daemon's stream, or an error on it: each of them ends the wait.
    const spoken = requests[Symbol.asyncIterator]().next();
    void spoken.then(
      () => cancel.abort(),
      () => cancel.abort(),
    );
    yield await translated(() => waitForJob(deps, call, () => open(call), cancel.signal));
  }
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStatus(error);
  }
}
