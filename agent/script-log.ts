import { closeSync, constants, writeSync } from "node:fs";
import { openLog, openSharedLog } from "./open-log.ts";

export interface ScriptLog extends Disposable {
  /** Never fails. */
  write(bytes: Buffer): void;
}

/**
 * Opens a copy of a script's output. A new run overwrites the old output from the start without truncating it: readers keep the file open.
 *
 * @param options.isShared another user's agent may use the same name: then ours gets one beside it
 * @param options.onFailure called once, when something cannot be written; nothing more is written then
 * @throws an error of the file system
 */
export function openScriptLog(
  path: string,
  { isShared, onFailure }: { readonly isShared: boolean; readonly onFailure: (error: unknown) => void },
): ScriptLog {
  const file = isShared ? openSharedLog(path, constants.O_RDWR).file : openLog(path, constants.O_RDWR);
  let hasFailed = false;
  return {
    write: (bytes) => {
      if (hasFailed) return;
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      } catch (error) {
        hasFailed = true;
        onFailure(error);
      }
    },
    [Symbol.dispose]: () => {
      try {
        closeSync(file);
      } catch (error) {
        // Some file systems tell only now that there was no room.
        if (!hasFailed) onFailure(error);
      }
    },
  };
}
