/**
 * Shows the progress of a provisioner job: one block per stage, with its log lines and its duration. On a terminal, a spinner for the open
 * stage stays at the bottom; elsewhere every line is final, so that logs of scripts and CI read from top to bottom.
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
   * Opens a stage and closes the one before it as done. Does nothing if the stage is already open.
   *
   * @param before the preceding stage, for a view that has not shown any stage yet
   */
  openStage(name: string, at: number, before?: { readonly name: string; readonly at: number }): void;
  line(line: JobLogLine): void;
  /** Closes the open stage, if any. It counts as failed if it logged an error, or if the job failed and no other stage shows why. */
  close(outcome: "done" | "failed", at: number): void;
  /** Shows a message of the client itself, between the job's lines. */
  remark(text: string): void;
}

export interface JobLogOptions {
  readonly out: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Also show trace and debug lines. */
  readonly verbose: boolean;
}

/** Creates a view that writes to `out`. Stages open as `==> ⧗ name` and close as `=== ✔ name [12ms]`, or with ✘ if they failed. */
export async function createJobLogView(options: JobLogOptions): Promise<JobLogView> {
  const { out } = options;
  // A terminal without a size, as in some containers, has 0 columns, and the spinner would take each line for infinitely many.
  const isTerminal = out.isTTY === true && out.columns !== 0;
  // Loaded only for a terminal: loading it takes longer than most commands run.
  const ora = isTerminal ? (await import("ora")).default : undefined;
  const spinner = ora?.({ stream: out, discardStdin: false, spinner: "dots" });
  let hasOpened = false;
  let open: { name: string; at: number; failed: boolean } | undefined;
  /** True once a stage was shown as failed. Later stages, such as cleaning up, are then not the cause. */
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

/** Formats a time as `2026-01-02 03:04:05.006+01:00`, with `Z` for UTC. */
export function formatLocalTime(at: Date, offsetMinutes = -at.getTimezoneOffset()): string {
  const shifted = new Date(at.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1).replace("T", " ");
  if (offsetMinutes === 0) return `${shifted}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${shifted}${offsetMinutes < 0 ? "-" : "+"}${two(hours)}:${two(minutes)}`;
}
