import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isWholeState } from "./state.ts";

export interface StateWatcher extends AsyncDisposable {
  /** Returns the newest complete state that the file has contained. */
  latest(): Promise<Uint8Array | undefined>;
}

/**
 * Passes on the state file as Terraform writes it, so that if the daemon dies, the server has a state that is about a second old.
 * Terraform rewrites the file in place after each resource: incomplete states are skipped until the next check.
 *
 * @param intervalMs time between checks; each is one `stat` and at most one upload. 500 is sensible
 */
export function watchState(file: string, intervalMs: number, onState: (state: Uint8Array) => void): StateWatcher {
  const closed = new AbortController();
  let seen = "";
  let newest: Uint8Array | undefined;

  const look = async (): Promise<Uint8Array | undefined> => {
    const info = await stat(file, { bigint: true }).catch(() => undefined);
    if (info === undefined) return newest;
    const version = `${info.mtimeNs}:${info.size}`;
    if (version === seen) return newest;
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined || !isWholeState(bytes)) return newest;
    seen = version;
    newest = bytes;
    return newest;
  };

  const watching = (async () => {
    let sent = await look();
    while (!closed.signal.aborted) {
      await sleep(intervalMs, undefined, { signal: closed.signal }).catch(() => {});
      const state = closed.signal.aborted ? sent : await look();
      if (state !== undefined && state !== sent) onState(state);
      sent = state;
    }
  })();

  return {
    latest: look,
    async [Symbol.asyncDispose]() {
      closed.abort();
      await watching;
    },
  };
}
