/**
 * Ctrl-C, asked for in one place. The innermost holder decides what it means (cancel a job, drain a daemon); with none, the command's
 * signal is aborted. A second Ctrl-C that nobody holds ends the process at once.
 */
import { CancelledError } from "./failure.ts";

export interface Interrupts {
  /** Aborted with a {@link CancelledError} by a Ctrl-C that nobody held. */
  readonly signal: AbortSignal;
  /** Takes Ctrl-C over until disposed. */
  hold(onInterrupt: () => void): Disposable;
  /** Takes SIGTERM over until disposed. Without a holder it ends the process at once, as it does any program. */
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
    else controller.abort(new CancelledError("interrupted"));
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
