import { statSync } from "node:fs";
import { StoreUnavailableError } from "../errors.ts";

/**
 * An open file stays writable when its folder is moved, deleted or unmounted, but what is written then is lost with it. Costs a microsecond
 * a call.
 *
 * @param path the path of the open file
 * @returns a function that throws StoreUnavailableError while the path does not lead to that file
 */
export function requireSameFile(path: string): () => void {
  const opened = statSync(path);
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw new StoreUnavailableError("its file is gone");
    if (found.ino !== opened.ino || found.dev !== opened.dev)
      throw new StoreUnavailableError("another file is in its place, so the server must be restarted");
  };
}
