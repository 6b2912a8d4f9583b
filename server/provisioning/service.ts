/**
 * The service that provisioner daemons call, in this process or on another machine: they get jobs, report on them, and end them.
 * Each call says anew who calls; a daemon reaches only the jobs that it holds. What the calls do is in provisioner/, one file each.
 */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Server } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { type AcquiredJob, AcquiredJobSchema, type CancelAcquire, ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { addService } from "#proto/grpc.ts";
import type { ServerCall } from "#proto/grpc-server.ts";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { StoreUnavailableError } from "../errors.ts";
import type { Admit } from "../grpc/admission.ts";
import { toStatus } from "../grpc/domain-status.ts";
import { toAcquiredJob } from "./acquired-job.ts";
import { releaseJob } from "./claim.ts";
import { createDaemonSessions, type DaemonSession } from "./daemon-session.ts";
import { completeJob, failJob } from "./end-calls.ts";
import { endJob } from "./end-job.ts";
import { receiveFile, sendFile } from "./file-transfer.ts";
import { lockOwnJob, requireRunning } from "./held-job.ts";
import type { JobQueue } from "./job-queue.ts";
import { lockJob } from "./job-rows.ts";
import { updateJob } from "./update-job.ts";

export interface ProvisionerServiceDeps {
  readonly core: Database;
  readonly queue: Pick<JobQueue, "acquirer" | "leaseMs">;
  /** Of the daemons in this process: a provisioner key that is in no database. */
  readonly builtInDaemonKey: string;
  /** Where agents and users reach this server; asked for each job. */
  readonly accessUrl: () => string;
  readonly log: Pick<Logger, "warn" | "error">;
  /** While a daemon waits for a job, its key is looked at again this often. Default: 30 s */
  readonly recheckMs?: number;
}

/** Of one message in either direction. A job carries an archive and a state, and its completion a state. */
export const MESSAGE_LIMIT_BYTES = 64 * 1024 * 1024;
/** How long the old, simple form of acquiring waits. */
const SHORT_POLL_MS = 5_000;

/** @returns who may call it */
export function addProvisionerDaemonService(server: Server, deps: ProvisionerServiceDeps): Admit {
  const { core, queue, log } = deps;
  const sessions = createDaemonSessions(core, deps.builtInDaemonKey);
  const open = (call: ServerCall): Promise<DaemonSession> => sessions.open(call.metadata);

  const onError = (error: unknown, method: string): void => {
    if (!(error instanceof StatusError)) log.error({ err: error, method }, "a daemon's call failed");
  };

  const hand = async (
    daemon: DaemonSession,
    call: ServerCall,
    wanted: AbortSignal,
  ): Promise<MessageInitShape<typeof AcquiredJobSchema>> => {
    const job = await queue.acquirer.acquire(daemon, AbortSignal.any([call.signal, wanted]));
    if (job === undefined) return { jobId: "" };
    if (call.signal.aborted) {
      await releaseJob(core, job);
      throw new StatusError("CANCELLED", "the daemon left");
    }
    return prepare(deps, job);
  };

  addService(
    server,
    ProvisionerDaemon,
    {
      acquireJob: (_, call) => translated(async () => hand(await open(call), call, AbortSignal.timeout(SHORT_POLL_MS))),
      acquireJobWithCancel: (requests, call) => acquireWithCancel(requests, call),
      updateJob: (request, call) => translated(async () => updateJob(core, await open(call), request, queue.leaseMs)),
      failJob: (request, call) =>
        translated(async () => {
          await failJob(core, await open(call), request);
          return {};
        }),
      completeJob: (request, call) =>
        translated(async () => {
          await completeJob(core, await open(call), request);
          return {};
        }),
      commitQuota: (request, call) =>
        translated(async () => {
          const daemon = await open(call);
          await core.write(async (tx) => requireRunning(await lockOwnJob(core, tx, daemon, request.jobId)));
          // There are no quotas yet: every cost is within the budget.
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
        yield* sendFile(core, daemon, request);
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
    const daemon = await translated(() => open(call));
    const cancel = new AbortController();
    // A message, the end of the daemon's side, or its break: each of them ends the wait.
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
      const job = await translated(() => hand(daemon, call, cancel.signal));
      if (job.jobId === "" && refusal instanceof StatusError) throw refusal;
      yield job;
    } finally {
      clearInterval(recheck);
    }
  }
}

/** The job's message; a job that cannot be put into one fails, so that nobody waits for it. */
async function prepare(deps: ProvisionerServiceDeps, job: Row<"provisioner_jobs">): Promise<AcquiredJob> {
  const { core, queue, log } = deps;
  try {
    const message = create(AcquiredJobSchema, await toAcquiredJob(core, job, { leaseMs: queue.leaseMs, accessUrl: deps.accessUrl() }));
    const sizeBytes = toBinary(AcquiredJobSchema, message).length;
    if (sizeBytes > MESSAGE_LIMIT_BYTES)
      throw new StatusError(
        "RESOURCE_EXHAUSTED",
        `the job is too big: template and state have ${sizeBytes} of at most ${MESSAGE_LIMIT_BYTES} bytes`,
      );
    return message;
  } catch (cause) {
    if (cause instanceof StoreUnavailableError) {
      // Nothing was written of it, so the next daemon can have it; if this fails too, its lease ends.
      await releaseJob(core, job);
      throw cause;
    }
    log.error({ err: cause, jobId: job.id }, "a job could not be prepared for its daemon");
    const reason = cause instanceof StatusError ? cause.message : "the server could not prepare the job; its log says why";
    await core.write(async (tx) => {
      const row = await lockJob(core, tx, job.id);
      if (row !== undefined && row.completed_at === null) await endJob(core, tx, row, { error: reason });
    });
    throw new StatusError("ABORTED", `the job was given up: ${reason}`, { cause });
  }
}

async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toStatus(error);
  }
}
