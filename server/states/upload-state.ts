import { createHash } from "node:crypto";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import { StateScrubber } from "#tfstate/scrub-state.ts";
import type { Database, Tx } from "../database/database.ts";
import type { RowPatch } from "../database/tables.ts";
import type { JobId, StateId, WorkspaceId } from "../ids.ts";
import { PIECES_AT_ONCE } from "./drop-state.ts";
import { piecePurpose } from "./piece-purpose.ts";
import { deleteStateRow, dropArrivedRows, insertStateRow, putPieceRow, updateArrivingRow, updateStateRow } from "./rows.ts";
import { columnsOf, type StateFacts, StateSum } from "./state-sum.ts";

/** The sweep has dropped the state, because nothing of it had come for an hour. */
class StateUploadExpiredError extends Error {
  override readonly name = "StateUploadExpiredError";
}

export interface ArrivedState extends StateFacts {
  /** More than credentials may have been scrubbed: see `StateScrubber`. */
  readonly isOutOfOrder: boolean;
}

/** A state that arrives. Unless it is finished, closing it drops what has arrived so far. */
export interface StateUpload extends AsyncDisposable {
  /** Takes the next bytes, however many. Each piece that is full is stored by itself. @throws StoreUnavailableError, StateUploadExpiredError */
  add(bytes: Uint8Array): Promise<void>;
  /**
   * Completes the state. From now on something has to name it within an hour; otherwise it is deleted.
   *
   * @param check throws if these, which arrived, are not the expected bytes; the state is then not completed
   * @throws StoreUnavailableError, StateUploadExpiredError
   */
  finish(check: (facts: ArrivedState) => void): Promise<StateId>;
}

/**
 * Begins to store a state of any size, of which one piece at a time is in memory and in a transaction. It is stored without what must not be
 * stored, which does not change its size. What the same job has sent before
 * without naming it is dropped: its daemon has had no answer, or has a newer state.
 */
export async function openStateUpload(
  core: Database,
  { workspaceId, jobId }: { readonly workspaceId: WorkspaceId; readonly jobId: JobId | null },
): Promise<StateUpload> {
  const [id, at] = [core.newId<StateId>(), core.now()];
  const state = { id, workspace_id: workspaceId, job_id: jobId } as const;
  await core.write(async (tx) => {
    if (jobId !== null) await dropArrivedRows(tx.db, jobId, at);
    await insertStateRow(tx.db, { ...state, status: "arriving", size_bytes: 0, piece_count: 0, created_at: at, updated_at: at });
  });
  const sum = new StateSum();
  const scrubber = new StateScrubber();
  const storedHash = createHash("sha256");
  const waiting = Buffer.allocUnsafe(PIECE_BYTES);
  let [held, pieces, isFinished] = [0, 0, false];

  const update = async (tx: Tx, set: RowPatch<"terraform_states">): Promise<void> => {
    if (await updateArrivingRow(tx.db, id, { ...set, updated_at: core.now() })) return;
    throw new StateUploadExpiredError(`Terraform state ${id} was dropped before all of it arrived`);
  };
  const store = async (piece: Uint8Array): Promise<void> => {
    sum.add(piece);
    scrubber.scrub(piece);
    storedHash.update(piece);
    const data = core.encryption.seal(piecePurpose(state, pieces), piece);
    await core.write(async (tx) => {
      // Whoever sends for more than an hour keeps the state alive.
      await update(tx, {});
      await putPieceRow(tx.db, { state_id: id, piece_index: pieces, data });
    });
    pieces++;
  };

  return {
    add: async (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + PIECE_BYTES - held);
        waiting.set(part, held);
        held += part.length;
        at += part.length;
        if (held < PIECE_BYTES) break;
        held = 0;
        await store(waiting);
      }
    },
    finish: async (check) => {
      if (held > 0) await store(waiting.subarray(0, held));
      const facts = sum.end();
      check({ ...facts, isOutOfOrder: scrubber.isOutOfOrder });
      const stored = columnsOf({ ...facts, sha256: storedHash.digest() });
      const set = { ...stored, is_scrubbed: true, piece_count: pieces, status: "arrived" } as const;
      await core.write((tx) => update(tx, set));
      isFinished = true;
      return id;
    },
    [Symbol.asyncDispose]: async () => {
      if (isFinished) return;
      // Many pieces are left to the sweep, which deletes a few at a time. So is all of it if the database does not answer.
      const isSmall = pieces < PIECES_AT_ONCE;
      const drop = (tx: Tx) =>
        isSmall ? deleteStateRow(tx.db, id) : updateStateRow(tx.db, id, { status: "dropped", updated_at: core.now() });
      await core.write(drop).catch(() => {});
    },
  };
}
