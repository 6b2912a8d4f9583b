import { createHash } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { DataUploadType, type FileUpload, type FileUploadSchema } from "#proto/gen/provisioner_pb.js";
import type { FileRequest } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import { insertFile } from "../files/rows.ts";
import { FileId } from "../ids.ts";
import type { DaemonSession } from "./daemon-session.ts";
import type { JobKinds } from "./job-kind.ts";

/** The MIME type with which module archives are stored. */
export const MODULE_FILES_TYPE = "application/x-tar";

const CHUNK_BYTES = 2 << 20;
/** The maximum size of a module archive. */
const FILE_LIMIT_BYTES = 100 << 20;

/** Receives a module archive in chunks, and stores it when it is complete. */
export async function receiveFile(core: Database, pieces: AsyncIterable<FileUpload>): Promise<void> {
  let announced: { readonly hash: Uint8Array; readonly size: number } | undefined;
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const { type } of pieces) {
    switch (type.case) {
      case "dataUpload": {
        const { uploadType, dataHash, fileSize } = type.value;
        if (announced !== undefined) throw invalid("the upload was announced twice");
        if (uploadType !== DataUploadType.UPLOAD_TYPE_MODULE_FILES) throw invalid("only module archives can be uploaded");
        if (dataHash.length !== 32) throw invalid(`the upload's hash must have 32 bytes, not ${dataHash.length}`);
        if (fileSize < 0n || fileSize > FILE_LIMIT_BYTES)
          throw invalid(`a module archive may have at most ${FILE_LIMIT_BYTES} bytes, not ${fileSize}`);
        announced = { hash: dataHash, size: Number(fileSize) };
        break;
      }
      case "chunkPiece": {
        const { data, fullDataHash, pieceIndex } = type.value;
        if (announced === undefined) throw invalid("a chunk arrived before its upload was announced");
        if (!Buffer.from(announced.hash).equals(fullDataHash)) throw invalid("a chunk belongs to another upload");
        if (pieceIndex !== chunks.length) throw invalid(`expected chunk ${chunks.length}, got chunk ${pieceIndex}`);
        received += data.length;
        if (received > announced.size) throw invalid(`the upload has more than the announced ${announced.size} bytes`);
        chunks.push(data);
        break;
      }
      case "error":
        throw new StatusError("ABORTED", `the daemon aborted the upload: ${type.value.error}`);
      default:
        throw invalid("expected a chunk, got an empty message");
    }
  }
  const data = Buffer.concat(chunks);
  if (announced === undefined || data.length !== announced.size) throw invalid("the upload ended before it was complete");
  if (!createHash("sha256").update(data).digest().equals(announced.hash)) throw invalid("the upload does not match the announced hash");
  await core.write((tx) => insertFile(core, tx, { createdBy: null, mimetype: MODULE_FILES_TYPE, data }));
}

/** Sends a module archive that daemons of this organization may fetch. Any other file gets the same answer as a missing one. */
export async function* sendFile(
  core: Database,
  kinds: JobKinds,
  daemon: DaemonSession,
  request: FileRequest,
): AsyncGenerator<MessageInitShape<typeof FileUploadSchema>> {
  if (request.uploadType !== DataUploadType.UPLOAD_TYPE_MODULE_FILES) throw invalid("only module archives can be downloaded");
  if (!FileId.is(request.fileId)) throw invalid(`${JSON.stringify(request.fileId.slice(0, 64))} is not a valid file ID: expected a UUID`);
  const data = await findArchive(core, kinds, daemon, FileId.parse(request.fileId));
  if (data === undefined) throw new StatusError("NOT_FOUND", `module archive ${request.fileId} not found, or this daemon may not fetch it`);
  const dataHash = createHash("sha256").update(data).digest();
  const chunks = Math.ceil(data.length / CHUNK_BYTES);
  const announcement = { uploadType: request.uploadType, dataHash, fileSize: BigInt(data.length), chunks };
  yield { type: { case: "dataUpload", value: announcement } };
  for (let pieceIndex = 0; pieceIndex < chunks; pieceIndex++) {
    const piece = data.subarray(pieceIndex * CHUNK_BYTES, (pieceIndex + 1) * CHUNK_BYTES);
    yield { type: { case: "chunkPiece", value: { data: piece, fullDataHash: dataHash, pieceIndex } } };
  }
}

async function findArchive({ db }: Database, kinds: JobKinds, daemon: DaemonSession, id: FileId): Promise<Uint8Array | undefined> {
  for (const kind of kinds) {
    const archive = await kind.findArchive?.(db, { id, organizationId: daemon.organizationId });
    if (archive !== undefined) return archive;
  }
  return undefined;
}

function invalid(reason: string): StatusError {
  return new StatusError("INVALID_ARGUMENT", reason);
}
