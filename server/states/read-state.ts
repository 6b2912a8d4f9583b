import { createHash } from "node:crypto";
import type { StateVersion } from "#tfstate/compare-states.ts";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import { StateScrubber } from "#tfstate/scrub-state.ts";
import type { Database } from "../database/database.ts";
import type { StateId } from "../ids.ts";
import { oneSealPurpose, piecePurpose } from "./piece-purpose.ts";
import { findPieceData, findStateRow, findStateWithFirstPiece } from "./rows.ts";
import { columnsOf, StateSum, versionOf } from "./state-sum.ts";

/** A state whose row was read, and whose pieces can be. */
export interface StoredState {
  readonly sizeBytes: number;
  /** Of the bytes as they are read; null if nobody has looked at them. */
  readonly sha256: Uint8Array | null;
  /**
   * Yields the bytes in pieces of at most 1 MiB, and lets other work run between them, without what must not be stored. Can be called more
   * than once.
   *
   * @throws StateUnreadableError if the state is damaged, or was superseded and deleted while it was being read
   */
  pieces(): AsyncGenerator<Uint8Array>;
}

class StateUnreadableError extends Error {
  override readonly name = "StateUnreadableError";
}

/** @param db the caller's transaction, or the database. @throws StateUnreadableError if there is no such state */
export async function openState({ encryption }: Pick<Database, "encryption">, db: Database["db"], id: StateId): Promise<StoredState> {
  const found = await findStateWithFirstPiece(db, id);
  if (found === undefined) throw new StateUnreadableError(`Terraform state ${id} does not exist`);
  const { data: first, ...row } = found;
  const piece = async (index: number): Promise<Uint8Array> => {
    const data = index === 0 ? first : await findPieceData(db, id, index);
    if (data == null) throw new StateUnreadableError(`piece ${index} of Terraform state ${id} is missing`);
    return encryption.open(row.is_one_seal ? oneSealPurpose(row.workspace_id) : piecePurpose(row, index), data);
  };
  return {
    sizeBytes: row.size_bytes,
    sha256: row.is_scrubbed ? row.sha256 : null,
    pieces: async function* () {
      const hash = createHash("sha256");
      const scrubber = row.is_scrubbed ? undefined : new StateScrubber();
      let sizeBytes = 0;
      for (let index = 0; index < row.piece_count; index++) {
        const bytes = await piece(index);
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
          if (index + at > 0) await new Promise((resolve) => setImmediate(resolve));
          const part = bytes.subarray(at, at + PIECE_BYTES);
          hash.update(part);
          sizeBytes += part.length;
          scrubber?.scrub(part);
          yield part;
        }
      }
      if (sizeBytes !== row.size_bytes || (row.sha256 !== null && !hash.digest().equals(row.sha256)))
        throw new StateUnreadableError(`Terraform state ${id} is damaged: its ${sizeBytes} bytes are not those that were stored`);
    },
  };
}

/** Reads all of a state into memory: only for one that is known to be small. */
export async function readState(state: Pick<StoredState, "pieces">): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of state.pieces()) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * Returns what tells a state from others. It must be read only if it is as old as servers that stored states as they came.
 *
 * @throws StateUnreadableError if there is no such state
 */
export async function readVersion(core: Pick<Database, "encryption">, db: Database["db"], id: StateId): Promise<StateVersion> {
  const row = await findStateRow(db, id);
  if (row !== undefined && row.sha256 !== null && row.is_scrubbed) return versionOf(row);
  const sum = new StateSum();
  for await (const piece of (await openState(core, db, id)).pieces()) sum.add(piece);
  return versionOf(columnsOf(sum.end()));
}
