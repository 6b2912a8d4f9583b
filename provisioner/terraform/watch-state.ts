import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readWholeState } from "./state-files.ts";

export interface StateWatcher extends AsyncDisposable {
  /** Returns the newest complete state that the file has contained. */
  latest(): Promise<Uint8Array | undefined>;
}

/** How often to look if the system reports no changes, as on some network file systems. */
const LOOK_MS = 500;
/** Reading a large state takes time: at most a fifth of it is spent reading. */
const PAUSE_FACTOR = 4;

/**
 * Passes on the state file when Terraform writes it. Terraform rewrites the file in place after each resource: an incomplete state is
 * skipped, because the rest of the same write follows. The next state waits until this one has been taken.
 */
export function watchState(file: string, onState: (state: Uint8Array) => void | Promise<void>): StateWatcher {
  const closed = new AbortController();
  let [seen, newest]: [string, Uint8Array | undefined] = ["", undefined];
  let change = Promise.withResolvers<void>();
  const changed = (): void => change.resolve();

  const look = async (): Promise<Uint8Array | undefined> => {
    const info = await stat(file, { bigint: true }).catch(() => undefined);
    if (info === undefined) return newest;
    const version = `${info.mtimeNs}:${info.size}`;
    if (version === seen) return newest;
    const state = await readWholeState(file).catch(() => undefined);
    if (state === undefined) return newest;
    seen = version;
    newest = state;
    return newest;
  };

  const events = watchFolderOf(file, changed);
  const watching = (async () => {
    let sent = await look();
    while (!closed.signal.aborted) {
      const timer = setTimeout(changed, LOOK_MS);
      await change.promise;
      clearTimeout(timer);
      change = Promise.withResolvers();
      if (closed.signal.aborted) break;
      const startedAt = performance.now();
      const state = await look();
      if (state !== undefined && state !== sent) await onState(state);
      sent = state;
      await sleep((performance.now() - startedAt) * PAUSE_FACTOR, undefined, { signal: closed.signal }).catch(() => {});
    }
  })();

  return {
    latest: look,
    async [Symbol.asyncDispose]() {
      closed.abort();
      events?.close();
      changed();
      await watching;
    },
  };
}

/** @returns undefined if the system cannot watch the folder, for example because its number of watches is used up */
function watchFolderOf(file: string, onChange: () => void): FSWatcher | undefined {
  const name = path.basename(file);
  try {
    return watch(path.dirname(file), { persistent: false }, (_, changed) => {
      if (changed === null || changed === name) onChange();
    }).on("error", () => {});
  } catch {
    return undefined;
  }
}
