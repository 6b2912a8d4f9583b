/**
 * Handles Ctrl-C in one place. The innermost holder decides what it means (cancel a job, drain a daemon); without a holder, the command's
 * signal is aborted. A second Ctrl-C without a holder ends the process at once.
 */
import { CanceledError } from "./failure.ts";

export interface Interrupts {
  /** Aborted with a {@link CanceledError} by a Ctrl-C without a holder. */
  readonly signal: AbortSignal;
  /** Takes over Ctrl-C until disposed. */
  hold(onInterrupt: () => void): Disposable;
  /** Takes over SIGTERM until disposed. Without a holder, SIGTERM ends the process at once, as in any program. */
  holdTermination(onTerminate: () => void): Disposable;
}

/** Listens for SIGINT until disposed. */
export function listenForInterrupts(source: Pick<NodeJS.Process, "on" | "off" | "exit">): Interrupts & Disposable {
  const controller = new AbortController();
  const holders: Array<() => void> = [];
  const onSignal = (): void => {
    const holder = holders.at(-1);
    if (holder !== undefined) holder();
    else if (controller.signal.aborted) source.exit(130);
    else controller.abort(new CanceledError("interrupted"));
  };
  source.on("SIGINT", onSignal);
  return {
    signal: controller.signal,
    hold(onInterrupt) {
      const holder = () => onInterrupt();
      holders.push(holder);
      return {
        [Symbol.dispose]() {
          const index = holders.indexOf(holder);
          if (index >= 0) holders.splice(index, 1);
        },
      };
    },
    holdTermination(onTerminate) {
      source.on("SIGTERM", onTerminate);
      return { [Symbol.dispose]: () => void source.off("SIGTERM", onTerminate) };
    },
    [Symbol.dispose]: () => void source.off("SIGINT", onSignal),
  };
}
