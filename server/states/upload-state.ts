import { PIECE_BYTES } from "#tfstate/limits.ts";
import type { Database } from "../database/database.ts";
import type { JobId, StateId, WorkspaceId } from "../ids.ts";
import { piecePurpose } from "./piece-purpose.ts";
import { deleteStateRow, insertStateRow, putPieceRow, updateStateRow } from "./rows.ts";
import { columnsOf, type StateFacts, StateSum } from "./state-sum.ts";

/** A state that arrives. Unless it is finished, closing it deletes what has arrived so far. */
export interface StateUpload extends AsyncDisposable {
  /** Takes the next bytes, however many. Each piece that is full is stored by itself. @throws StoreUnavailableError */
  add(bytes: Uint8Array): Promise<void>;
  /**
   * Completes the state. From now on something has to name it within an hour; otherwise it is deleted.
   *
   * @param check throws if these are not the expected bytes; the state is then not completed
   */
  finish(check: (facts: StateFacts) => void): Promise<StateId>;
}

/** Begins to store a state of any size, of which one piece at a time is in memory and in a transaction. */
export async function openStateUpload(
  core: Database,
  { workspaceId, jobId }: { readonly workspaceId: WorkspaceId; readonly jobId: JobId | null },
): Promise<StateUpload> {
  const [id, at] = [core.newId<StateId>(), core.now()];
  const state = { id, workspace_id: workspaceId, job_id: jobId } as const;
  await core.write((tx) =>
    insertStateRow(tx.db, { ...state, status: "arriving", size_bytes: 0, piece_count: 0, created_at: at, updated_at: at }),
  );
  const sum = new StateSum();
  const waiting = Buffer.allocUnsafe(PIECE_BYTES);
  let [held, pieces, isFinished] = [0, 0, false];

  const store = async (piece: Uint8Array): Promise<void> => {
    sum.add(piece);
    const data = core.encryption.seal(piecePurpose(state, pieces), piece);
    await core.write(async (tx) => {
      await putPieceRow(tx.db, { state_id: id, piece_index: pieces, data });
      // Whoever sends for more than an hour keeps the state alive.
      await updateStateRow(tx.db, id, { updated_at: core.now() });
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
      check(facts);
      const set = { ...columnsOf(facts), piece_count: pieces, status: "arrived", updated_at: core.now() } as const;
      await core.write((tx) => updateStateRow(tx.db, id, set));
      isFinished = true;
      return id;
    },
    [Symbol.asyncDispose]: async () => {
      // If the database does not answer, the state is swept later.
      if (!isFinished) await core.write((tx) => deleteStateRow(tx.db, id)).catch(() => {});
    },
  };
}
