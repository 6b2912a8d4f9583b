import type { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import { redactSecrets } from "#credentials/secret.ts";

export interface LogOptions {
  readonly out: Writable;
  /** `human`: one line of text per entry. `json`: pino's own format, one object per line. */
  readonly format: "human" | "json";
  readonly level: "debug" | "info";
}

/** Creates the log of a long-running program. Anything that has the form of a secret is redacted, no matter who logs it. */
export function createLog({ out, format, level }: LogOptions): Logger {
  return pino(
    { level, base: null },
    {
      write(line: string) {
        out.write(redactSecrets(format === "json" ? line : formatEntry(line)));
      },
    },
  );
}

const LEVELS: Readonly<Record<number, string>> = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };

/** Formats an entry as `2026-01-02T03:04:05.006Z info  message key=value`. */
function formatEntry(line: string): string {
  const { level, time, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${formatValue(value)}`);
  return `${new Date(Number(time)).toISOString()} ${(LEVELS[Number(level)] ?? String(level)).padEnd(5)} ${msg ?? ""}${fields.join("")}\n`;
}

function formatValue(value: unknown): string {
  if (typeof value === "string") return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  if (isError(value)) return value.stack;
  return JSON.stringify(value);
}

/** Recognizes an error as pino writes it. Its stack is meant to be read, so it keeps its line breaks. */
function isError(value: unknown): value is { stack: string } {
  return typeof value === "object" && value !== null && "stack" in value && typeof value.stack === "string";
}
