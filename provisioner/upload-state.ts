import { createHash } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import type { StatePieceSchema } from "#proto/gen/provisionerd_pb.js";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import type { DaemonClient } from "./connection.ts";

export interface StateUploadOptions {
  readonly client: Pick<DaemonClient, "uploadState">;
  readonly metadata: Metadata;
  /** A job that this daemon holds or held. */
  readonly jobId: string;
  /** Not empty, and not changed until this is done. */
  readonly state: Uint8Array;
  /** Aborting cancels the upload; the server then forgets what has arrived. */
  readonly signal: AbortSignal;
  /** The limit for all of it. */
  readonly timeoutMs: number;
}

/**
 * Uploads a state of any size in pieces, and lets other work run between them. The server has it only once a later call names the ID, within
 * an hour.
 *
 * @returns the ID, for `state_id` or `workspace_build_state_id`
 * @throws StatusError; a whole new upload may follow a temporary failure
 */
export async function uploadState({ client, metadata, jobId, state, signal, timeoutMs }: StateUploadOptions): Promise<string> {
  const sha256 = await hashOf(state);
  signal.throwIfAborted();
  const { stateId } = await client.uploadState(pieces(jobId, state, sha256), { metadata, signal, timeoutMs });
  return stateId;
}

async function* pieces(jobId: string, state: Uint8Array, sha256: Uint8Array): AsyncGenerator<MessageInitShape<typeof StatePieceSchema>> {
  yield { type: { case: "announcement", value: { jobId, size: BigInt(state.length), sha256 } } };
  for (let at = 0; at < state.length; at += PIECE_BYTES) yield { type: { case: "data", value: state.subarray(at, at + PIECE_BYTES) } };
}

async function hashOf(state: Uint8Array): Promise<Uint8Array> {
  const hash = createHash("sha256");
  for (let at = 0; at < state.length; at += PIECE_BYTES) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    hash.update(state.subarray(at, at + PIECE_BYTES));
  }
  return hash.digest();
}
