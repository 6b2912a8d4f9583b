import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import type { Logger } from "pino";
import { CompletedJobSchema, FailedJobSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import { INLINE_STATE_BYTES, STATE_TRANSFER_MS } from "#tfstate/limits.ts";
import type { DaemonClient } from "./connection.ts";
import { type Failure, typeOfFailure } from "./job-failure.ts";
import type { CompletedType } from "./job-run.ts";
import { callUntilAnswered } from "./terminal-call.ts";
import { keepUndeliveredState } from "./undelivered-state.ts";
import { uploadState } from "./upload-state.ts";

/** How a run ended, as the server is to be told. */
export type Ending = { readonly kind: "completed"; readonly type: CompletedType } | { readonly kind: "failed"; readonly failure: Failure };

export interface EndingDeps {
  readonly client: Pick<DaemonClient, "completeJob" | "failJob" | "uploadState">;
  readonly metadata: Metadata;
  /** Where a state goes that the server refuses for good. */
  readonly workDirectory: string;
  /** Keeps the ending in the job's directory. Called when the first call gets no answer. */
  readonly save: (ending: Uint8Array) => Promise<void>;
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * Tells the server how a job ended, however long that takes. A completion that the server refuses becomes a failure with the reached state;
 * a state that it refuses is kept in a file, which the failure names.
 *
 * @param giveUp aborts when the daemon must end. What was not told then is in the job's directory, for the next daemon
 * @returns whether nothing depends on the job's directory any more
 */
export async function tellEnding(jobId: string, ending: Ending, deps: EndingDeps, giveUp: AbortSignal): Promise<boolean> {
  const { client, metadata, timeoutMs, log } = deps;
  const until = { signal: giveUp, onUnanswered: () => save(jobId, ending, deps) };
  try {
    if (ending.kind === "failed") return await tellFailure(ending.failure, deps, until);
    try {
      const type = await uploaded(jobId, ending.type, deps, until);
      await callUntilAnswered((signal) => client.completeJob({ jobId, type }, { metadata, timeoutMs, signal }), until);
      log.info("job completed");
      return true;
    } catch (error) {
      giveUp.throwIfAborted();
      log.error({ err: error }, "the server did not accept the job's result");
      const { case: kind, value } = ending.type;
      const state = kind === "workspaceBuild" && value.state !== undefined ? { state: value.state } : {};
      const message = `the server did not accept the job's result: ${StatusError.from(error).message}`;
      return await tellFailure({ jobId, error: message, type: typeOfFailure(kind, state) }, deps, until);
    }
  } catch (error) {
    if (!giveUp.aborted) throw error;
    await save(jobId, ending, deps);
    log.warn("the server could not be told how the job ended: the next start of the daemon tells it");
    return false;
  }
}

type Until = { readonly signal: AbortSignal; readonly onUnanswered: () => Promise<void> };

async function tellFailure(failure: Failure, deps: EndingDeps, until: Until): Promise<boolean> {
  const { client, metadata, timeoutMs, log } = deps;
  const fail = async (message: Failure): Promise<void> => {
    const type = message.type === undefined ? undefined : await uploaded(message.jobId, message.type, deps, until);
    const { jobId, error = "", errorCode = "" } = message;
    const sent = { jobId, error, errorCode, ...(type !== undefined && { type }) };
    await callUntilAnswered((signal) => client.failJob(sent, { metadata, timeoutMs, signal }), until);
  };
  try {
    await fail(failure);
    return true;
  } catch (error) {
    until.signal.throwIfAborted();
    log.error({ err: error }, "the server did not accept the job's failure");
    const state = failure.type?.case === "workspaceBuild" ? (failure.type.value.state ?? new Uint8Array()) : new Uint8Array();
    if (state.length === 0) return true;
    const file = await keepUndeliveredState(deps.workDirectory, failure.jobId, state);
    log.error({ file }, "the server did not accept Terraform's state, so it is kept in this file");
    const where = `The server did not accept Terraform's state; the daemon keeps it in ${file}.`;
    const type = typeOfFailure("workspaceBuild", { keptFile: file });
    // The server may have refused only the state. If it refuses this as well, the job is not ours, and its log is not either.
    await fail({ jobId: failure.jobId, error: `${failure.error ?? ""}\n\n${where}`.trim(), type }).catch(() =>
      until.signal.throwIfAborted(),
    );
    return true;
  }
}

/** Uploads a state that is too large for a call, and puts its ID in its place. */
async function uploaded<T extends CompletedType | NonNullable<Failure["type"]>>(
  jobId: string,
  type: T,
  { client, metadata }: EndingDeps,
  until: Until,
): Promise<T> {
  if (type.case !== "workspaceBuild") return type;
  const { state } = type.value;
  if (state === undefined || state.length <= INLINE_STATE_BYTES) return type;
  const upload = (signal: AbortSignal) => uploadState({ client, metadata, jobId, state, signal, timeoutMs: STATE_TRANSFER_MS });
  const stateId = await callUntilAnswered(upload, until);
  return { ...type, value: { ...type.value, state: new Uint8Array(), stateId } };
}

async function save(jobId: string, ending: Ending, { log, save: write }: EndingDeps): Promise<void> {
  await write(encodeEnding(jobId, ending)).catch((error: unknown) => log.error({ err: error }, "could not save the end of the job"));
}

/** The first byte tells the kind of the message that follows. */
const [COMPLETED, FAILED] = [1, 2];

function encodeEnding(jobId: string, ending: Ending): Uint8Array {
  const message =
    ending.kind === "completed"
      ? toBinary(CompletedJobSchema, create(CompletedJobSchema, { jobId, type: ending.type }))
      : toBinary(FailedJobSchema, create(FailedJobSchema, ending.failure));
  return Buffer.concat([Buffer.of(ending.kind === "completed" ? COMPLETED : FAILED), message]);
}

/** @returns undefined if the bytes are no ending, or only half of one */
export function decodeEnding(bytes: Uint8Array): Ending | undefined {
  try {
    if (bytes[0] === FAILED) return { kind: "failed", failure: fromBinary(FailedJobSchema, bytes.subarray(1)) };
    if (bytes[0] !== COMPLETED) return undefined;
    const { type } = fromBinary(CompletedJobSchema, bytes.subarray(1));
    return type.case === undefined ? undefined : { kind: "completed", type };
  } catch {
    return undefined;
  }
}
