/**
 * Shows a provisioner job as it goes: one block a stage, its log lines, and how long it took. On a terminal the open stage spins at the
 * bottom; elsewhere every line is final, so that logs of scripts and CI read from top to bottom.
 */
import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { plainText } from "./plain-text.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

export interface JobLogLine {
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly level: LogLevel;
  readonly stage: string;
  readonly output: string;
}

export interface JobLogView {
  /**
   * Opens a stage and closes the one before it as done. Does nothing if it is open already.
   *
   * @param before the stage that came before, for a view that has shown none yet
   */
  openStage(name: string, at: number, before?: { readonly name: string; readonly at: number }): void;
  line(line: JobLogLine): void;
  /** Closes the open stage, if any: as failed if it logged an error, or if the job failed and no stage has shown why. */
  close(outcome: "done" | "failed", at: number): void;
  /** A remark of the client itself, between the job's lines. */
  remark(text: string): void;
}

export interface JobLogOptions {
  readonly out: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Also show trace and debug lines. */
  readonly verbose: boolean;
}

/** A view that writes to `out`. Stages open as `==> ⧗ name` and close as `=== ✔ name [12ms]`, or with ✘ if they failed. */
export async function createJobLogView(options: JobLogOptions): Promise<JobLogView> {
  const { out } = options;
  // A terminal that was told no size, as in some containers, has 0 columns: to the spinner, every line is then endlessly many.
  const isTerminal = out.isTTY === true && out.columns !== 0;
  // Only where something can spin: loading it takes longer than most commands do.
  const ora = isTerminal ? (await import("ora")).default : undefined;
  const spinner = ora?.({ stream: out, discardStdin: false, spinner: "dots" });
  let hasOpened = false;
  let open: { name: string; at: number; failed: boolean } | undefined;
  /** Some stage was shown as the one that failed; what still came after it, such as cleaning up, did not. */
  let hasFailed = false;

  const write = (text: string): void => {
    spinner?.stop();
    out.write(`${text}\n`);
    if (open !== undefined) spinner?.start(open.name);
  };
  const close = (outcome: "done" | "failed", at: number): void => {
    if (open === undefined) return;
    const { name, at: since, failed } = open;
    const isDone = !failed && (outcome === "done" || hasFailed);
    hasFailed ||= !isDone;
    open = undefined;
    const took = `[${Math.max(0, Math.round(at - since))}ms]`;
    write(style(isTerminal, isDone ? "green" : "red", `=== ${isDone ? "✔" : "✘"} ${name} ${took}`));
  };

  const view: JobLogView = {
    close,
    remark: (text) => write(text),
    openStage(name, at, before) {
      if (open?.name === name) return;
      if (before !== undefined && !hasOpened) view.openStage(before.name, before.at);
      hasOpened = true;
      close("done", at);
      open = { name, at, failed: false };
      if (spinner === undefined) out.write(`==> ⧗ ${name}\n`);
      else spinner.start(name);
    },
    line({ createdAt, level, stage, output }) {
      if (stage !== "") view.openStage(stage, createdAt);
      if (level === "error" && open !== undefined) open.failed = true;
      const isDetail = level === "trace" || level === "debug";
      if (output === "" || (isDetail && !options.verbose)) return;
      const format = level === "error" ? "red" : level === "warn" ? "yellow" : isDetail ? "dim" : undefined;
      const text = `${formatLocalTime(new Date(createdAt))} ${plainText(output)}`;
      write(format === undefined ? text : style(isTerminal, format, text));
    },
  };
  return view;
}

function style(isTerminal: boolean, format: "green" | "red" | "yellow" | "dim", text: string): string {
  return isTerminal ? styleText(format, text) : text;
}

/** `2026-01-02 03:04:05.006+01:00`, with `Z` for UTC. */
export function formatLocalTime(at: Date, offsetMinutes = -at.getTimezoneOffset()): string {
  const shifted = new Date(at.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1).replace("T", " ");
  if (offsetMinutes === 0) return `${shifted}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${shifted}${offsetMinutes < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}
