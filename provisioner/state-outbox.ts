import type { UpdateJobRequest } from "#proto/gen/provisionerd_pb.js";
import { INLINE_STATE_BYTES } from "#tfstate/limits.ts";

/** A state in the form in which a call carries it: its bytes, or the ID of an upload. */
export type SentState = Partial<Pick<UpdateJobRequest, "workspaceBuildState" | "workspaceBuildStateId">>;

/**
 * Prepares states for sending: a small one goes into the next call as it is, a large one is uploaded first, while other calls go on. Only the
 * newest state matters, so at most one upload runs and one state waits for it.
 */
export class StateOutbox {
  readonly #upload: (state: Uint8Array) => Promise<string>;
  readonly #onReady: (state: SentState) => void;
  #waiting: Uint8Array | undefined;
  #isUploading = false;

  /**
   * @param upload gives up by rejecting: the state is dropped, and the job's end carries the last one all the same
   * @param onReady called with what the next call is to carry
   */
  constructor(upload: (state: Uint8Array) => Promise<string>, onReady: (state: SentState) => void) {
    this.#upload = upload;
    this.#onReady = onReady;
  }

  offer(state: Uint8Array): void {
    if (state.length <= INLINE_STATE_BYTES && !this.#isUploading) {
      this.#onReady({ workspaceBuildState: state });
      return;
    }
    this.#waiting = state;
    if (!this.#isUploading) void this.#uploadAll();
  }

  async #uploadAll(): Promise<void> {
    this.#isUploading = true;
    for (let state = this.#waiting; state !== undefined; state = this.#waiting) {
      this.#waiting = undefined;
      try {
        this.#onReady({ workspaceBuildStateId: await this.#upload(state) });
      } catch {
        // A newer state may get through, and the end of the job carries the newest.
      }
    }
    this.#isUploading = false;
  }
}
