import ora from "ora";

export interface Progress {
  /** Runs one step of the demo and shows how long it took. @param told returns the result in a few words */
  step<T>(what: string, work: () => Promise<T>, told?: (result: T) => string): Promise<T>;
  say(text: string): void;
}

/** Shows each step with its time on one line, with a spinner on a terminal while it runs. */
export function showProgress(out: NodeJS.WriteStream, now: () => number): Progress {
  return {
    say: (text) => void out.write(`${text}\n`),
    async step(what, work, told) {
      const startedAt = now();
      // With 0 columns, which terminals without a size have, the spinner would count lines forever.
      const spinner = out.isTTY && out.columns > 0 ? ora({ text: what, stream: out, discardStdin: false, indent: 2 }).start() : undefined;
      const finish = (mark: string, remark: string): void => {
        spinner?.stop();
        const seconds = `${((now() - startedAt) / 1000).toFixed(1)} s`;
        out.write(`  ${mark} ${what.padEnd(46)} ${seconds.padStart(7)}  ${remark}`.trimEnd().concat("\n"));
      };
      try {
        const result = await work();
        finish("✔", told?.(result) ?? "");
        return result;
      } catch (error) {
        finish("✘", "");
        throw error;
      }
    },
  };
}

/** Shows nothing, for machine-readable output. */
export const SILENT: Progress = { say: () => {}, step: (_what, work) => work() };
