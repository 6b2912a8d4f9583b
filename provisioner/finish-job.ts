import path from "node:path";
import { writeDurably } from "#disk/durable-file.ts";
import { type Ending, type EndingDeps, tellEnding } from "./job-ending.ts";
import { ENDING } from "./journal.ts";
import type { JobSignals } from "./stop-reasons.ts";
import type { WorkDirectory } from "./terraform/work-directory.ts";

const CALL_TIMEOUT_MS = 30_000;
/** How long a daemon that must end goes on telling the server how its job ended. */
const LAST_WORDS_MS = 20_000;
/** How long one that ends at once does. */
const ABANDONED_MS = 1_000;

/** Tells the server, and then removes the directory: whatever the server has not taken is in there. */
export async function finishJob(
  jobId: string,
  ending: Ending,
  work: WorkDirectory | undefined,
  deps: Omit<EndingDeps, "save" | "timeoutMs">,
  signals: JobSignals,
): Promise<void> {
  await using directory = work;
  using giveUp = abortAfter(signals.drain, LAST_WORDS_MS, signals.abandon);
  const isOver = await tellEnding(
    jobId,
    ending,
    {
      ...deps,
      timeoutMs: signals.abandon.aborted ? ABANDONED_MS : CALL_TIMEOUT_MS,
      save: async (bytes) => {
        if (directory !== undefined) await writeDurably(path.join(directory.root, ENDING), bytes);
      },
    },
    signals.abandon.aborted ? AbortSignal.timeout(ABANDONED_MS) : giveUp.signal,
  ).catch((error: unknown) => {
    deps.log.error({ err: error }, "could not end the job: its directory is kept for the next start of the daemon");
    return false;
  });
  if (!isOver) directory?.keep();
}

/** A signal that aborts some time after the first one does, or together with the second. */
function abortAfter(first: AbortSignal, ms: number, second: AbortSignal): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    timer = setTimeout(() => controller.abort(first.reason), ms);
  };
  const now = (): void => controller.abort(second.reason);
  if (first.aborted) later();
  else first.addEventListener("abort", later, { once: true });
  if (second.aborted) now();
  else second.addEventListener("abort", now, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      first.removeEventListener("abort", later);
      second.removeEventListener("abort", now);
    },
  };
}
