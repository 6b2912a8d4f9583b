import ora from "ora";

export interface Progress {
  /** Does one step of the demo, and tells how long it took. @param told what came out, in a few words */
  step<T>(what: string, work: () => Promise<T>, told?: (result: T) => string): Promise<T>;
  say(text: string): void;
}

/** Steps with their times: one line each, spinning on a terminal while they last. */
export function showProgress(out: NodeJS.WriteStream, now: () => number): Progress {
  return {
    say: (text) => void out.write(`${text}\n`),
    async step(what, work, told) {
      const startedAt = now();
      // 0 columns, as terminals without a size have, would keep the spinner counting lines for ever.
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

/** For machine-readable output: says nothing. */
export const SILENT: Progress = { say: () => {}, step: (_what, work) => work() };
