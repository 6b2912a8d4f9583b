import type { MessageInitShape } from "@bufbuild/protobuf";
import type { StatePiece, StatePieceSchema, StateRequest, UploadStateResponseSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import { PIECE_BYTES, STATE_LIMIT_BYTES } from "#tfstate/limits.ts";
import type { Database } from "../database/database.ts";
import type { DaemonSession } from "./daemon-session.ts";
import { lockOwnJob, renewHeldJob } from "./held-job.ts";
import { type JobKinds, type JobStateUpload, kindOf } from "./job-kind.ts";

interface Announced {
  readonly jobId: string;
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
}

/**
 * Receives a state of any size, piece by piece, for a job that the daemon holds or held. Nothing has it until a later call names its ID.
 *
 * @throws StatusError INVALID_ARGUMENT for an upload that is not as it was announced; JobNotOwnedError
 */
export async function receiveState(
  core: Database,
  kinds: JobKinds,
  daemon: DaemonSession,
  pieces: AsyncIterable<StatePiece>,
): Promise<MessageInitShape<typeof UploadStateResponseSchema>> {
  await using opened = new AsyncDisposableStack();
  let arriving: { readonly announced: Announced; readonly upload: JobStateUpload } | undefined;
  let received = 0;
  for await (const piece of pieces) {
    if (arriving === undefined) {
      const announced = parseAnnouncement(piece);
      arriving = { announced, upload: opened.use(await openUpload(core, kinds, daemon, announced)) };
      continue;
    }
    const data = parseData(piece);
    received += data.length;
    if (received > arriving.announced.sizeBytes)
      throw invalid(`the state has more than the announced ${arriving.announced.sizeBytes} bytes`);
    await arriving.upload.add(data);
  }
  if (arriving === undefined) throw invalid("the upload ended before the state was announced");
  const { announced, upload } = arriving;
  const stateId = await upload.finish(({ sizeBytes, sha256 }) => {
    if (sizeBytes !== announced.sizeBytes)
      throw invalid(`the upload ended after ${sizeBytes} bytes, but ${announced.sizeBytes} were announced`);
    if (!Buffer.from(sha256).equals(announced.sha256)) throw invalid("the state does not match the announced hash");
  });
  return { stateId };
}

async function openUpload(core: Database, kinds: JobKinds, daemon: DaemonSession, { jobId }: Announced): Promise<JobStateUpload> {
  const job = await core.write((tx) => lockOwnJob(core, tx, daemon, jobId));
  const upload = await kindOf(kinds, job.type).receiveState?.(core, job);
  if (upload === undefined) throw invalid(`jobs of type ${job.type} have no state`);
  return upload;
}

function parseAnnouncement({ type }: StatePiece): Announced {
  if (type.case !== "announcement") throw invalid("a piece arrived before its state was announced");
  const { jobId, size, sha256 } = type.value;
  if (sha256.length !== 32) throw invalid(`the state's hash must have 32 bytes, not ${sha256.length}`);
  if (size < 1n || size > STATE_LIMIT_BYTES) throw invalid(`a state must have between 1 and ${STATE_LIMIT_BYTES} bytes, not ${size}`);
  return { jobId, sizeBytes: Number(size), sha256 };
}

function parseData({ type }: StatePiece): Uint8Array {
  if (type.case !== "data") throw invalid(type.case === undefined ? "a message is empty" : "the state was announced twice");
  if (type.value.length > PIECE_BYTES) throw invalid(`a piece may have at most ${PIECE_BYTES} bytes, not ${type.value.length}`);
  return type.value;
}

/** Sends the state with which a job starts, to the daemon that holds it. */
export async function* sendState(
  core: Database,
  kinds: JobKinds,
  daemon: DaemonSession,
  { jobId }: StateRequest,
): AsyncGenerator<MessageInitShape<typeof StatePieceSchema>> {
  const job = await core.write((tx) => renewHeldJob(core, tx, daemon, jobId));
  const state = await kindOf(kinds, job.type).openState?.(core, job);
  if (state === undefined) throw new StatusError("NOT_FOUND", `job ${jobId} starts without a state`);
  const { sizeBytes, sha256 } = state;
  yield { type: { case: "announcement", value: { jobId, size: BigInt(sizeBytes), sha256 } } };
  for await (const data of state.pieces()) yield { type: { case: "data", value: data } };
}

function invalid(reason: string): StatusError {
  return new StatusError("INVALID_ARGUMENT", reason);
}
