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
import { type AcquireDeps, acquireJob } from "./acquire-job.ts";
import { completeJob } from "./complete-job.ts";
import { createDaemonSessions, type DaemonSession } from "./daemon-session.ts";
import { failJob } from "./fail-job.ts";
import { receiveFile, sendFile } from "./file-transfer.ts";
import { lockOwnJob, requireRunning } from "./held-job.ts";
import { receiveState, sendState } from "./state-transfer.ts";
import { updateJob } from "./update-job.ts";

export interface ProvisionerServiceDeps extends AcquireDeps {
  /** The provisioner key of the daemons in this process, which is not stored in the database. */
  readonly builtInDaemonKey: string;
  readonly log: Pick<Logger, "warn" | "error">;
  /** How often a daemon's key is checked again while the daemon waits for a job. Default: 30 s */
  readonly recheckMs?: number;
}

/** How long the older call, `acquireJob`, waits for a job. */
const SHORT_POLL_MS = 5_000;

/** @returns the check that admits callers */
export function addProvisionerDaemonService(server: Server, deps: ProvisionerServiceDeps): Admit {
  const { core, queue, log } = deps;
  const sessions = createDaemonSessions(core, deps.builtInDaemonKey);
  const open = (call: ServerCall): Promise<DaemonSession> => sessions.open(call.metadata);

  const onError = (error: unknown, method: string): void => {
    if (!(error instanceof StatusError)) log.error({ err: error, method }, "a daemon's call failed");
  };

  addService(
    server,
    ProvisionerDaemon,
    {
      acquireJob: (_, call) =>
        translated(async () => acquireJob(deps, { session: await open(call), left: call.signal }, AbortSignal.timeout(SHORT_POLL_MS))),
      acquireJobWithCancel: (requests, call) => acquireWithCancel(requests, call),
      updateJob: (request, call) => translated(async () => updateJob(core, queue, await open(call), request)),
      failJob: (request, call) =>
        translated(async () => {
          await failJob(core, queue.kinds, await open(call), request);
          return {};
        }),
      completeJob: (request, call) =>
        translated(async () => {
          await completeJob(core, queue.kinds, await open(call), request);
          return {};
        }),
      commitQuota: (request, call) =>
        translated(async () => {
          const daemon = await open(call);
          await core.write(async (tx) => requireRunning(await lockOwnJob(core, tx, daemon, request.jobId)));
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
      uploadState: (pieces, call) => translated(async () => receiveState(core, queue.kinds, await open(call), pieces)),
      downloadState: async function* (request, call) {
        try {
          yield* sendState(core, queue.kinds, await open(call), request);
        } catch (error) {
          throw toStatus(error);
        }
      },
    },
    onError,
  );
  return (metadata) =>
    translated(() => sessions.open(metadata)).catch((error: unknown) => {
      onError(error, "any");
      throw error;
    });

  async function* acquireWithCancel(requests: AsyncIterable<CancelAcquire>, call: ServerCall) {
    const session = await translated(() => open(call));
    const cancel = new AbortController();
    // A message, the end of the daemon's stream, or an error on it: each of them ends the wait.
    const spoken = requests[Symbol.asyncIterator]().next();
    void spoken.then(
      () => cancel.abort(),
      () => cancel.abort(),
    );
    let refusal: unknown;
    const recheck = setInterval(() => {
      open(call).catch((error: unknown) => {
        refusal ??= error;
        cancel.abort();
      });
    }, deps.recheckMs ?? 30_000);
    try {
      const job = await translated(() => acquireJob(deps, { session, left: call.signal }, cancel.signal));
      if (job.jobId === "" && refusal instanceof StatusError) throw refusal;
      yield job;
    } finally {
      clearInterval(recheck);
    }
  }
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStatus(error);
  }
}
