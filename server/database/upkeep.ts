/**
 * Does something now and then periodically, one round at a time: what comes due during a round is left out. Closing aborts the round's
 * signal, and waits for the round in progress.
 *
 * @param options.onError hears of a round that failed; the next one tries again
 */
export function startUpkeep(
  round: (signal: AbortSignal) => Promise<void>,
  { everyMs, onError }: { readonly everyMs: number; readonly onError: (error: unknown) => void },
): AsyncDisposable {
  const closing = new AbortController();
  let running: Promise<void> | undefined;
  const run = (): void => {
    running ??= round(closing.signal)
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, everyMs);
  timer.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      closing.abort();
      await running;
    },
  };
}
