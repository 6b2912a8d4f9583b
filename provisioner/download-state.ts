import { createHash } from "node:crypto";
import type { Metadata } from "@grpc/grpc-js";
import type { StatePiece } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import { STATE_LIMIT_BYTES } from "#tfstate/limits.ts";
import type { DaemonClient } from "./connection.ts";

export interface StateDownloadOptions {
  readonly client: Pick<DaemonClient, "downloadState">;
  readonly metadata: Metadata;
  /** A job that this daemon holds. */
  readonly jobId: string;
  /** Aborting cancels the download. */
  readonly signal: AbortSignal;
  /** The limit for all of it. */
  readonly timeoutMs: number;
}

/**
 * Downloads the state with which a job starts, if `state_size` says that it was too large for the job's message.
 *
 * @throws StatusError: DATA_LOSS if what arrives is not what was announced; otherwise the server's
 */
export async function downloadState({ client, metadata, jobId, signal, timeoutMs }: StateDownloadOptions): Promise<Uint8Array> {
  let state: Uint8Array | undefined;
  let announced: Uint8Array = new Uint8Array();
  const hash = createHash("sha256");
  let at = 0;
  for await (const { type } of client.downloadState({ jobId }, { metadata, signal, timeoutMs })) {
    if (state === undefined) {
      const { size, sha256 } = announcementOf(type);
      state = new Uint8Array(size);
      announced = sha256;
      continue;
    }
    if (type.case !== "data" || at + type.value.length > state.length) throw damaged("the state has more than its announced size");
    hash.update(type.value);
    state.set(type.value, at);
    at += type.value.length;
  }
  if (state === undefined || at !== state.length) throw damaged(`the state ended after ${at} of ${state?.length ?? 0} bytes`);
  if (!hash.digest().equals(announced)) throw damaged("the state does not match its announced hash");
  return state;
}

function announcementOf(type: StatePiece["type"]): { readonly size: number; readonly sha256: Uint8Array } {
  if (type.case !== "announcement") throw damaged("the state was not announced");
  const { size, sha256 } = type.value;
  if (size < 0n || size > STATE_LIMIT_BYTES) throw damaged(`a state of ${size} bytes was announced`);
  return { size: Number(size), sha256 };
}

function damaged(what: string): StatusError {
  return new StatusError("DATA_LOSS", `the server did not send the job's state as announced: ${what}`);
}
