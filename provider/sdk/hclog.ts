/** Formats log lines on stderr so that they reach Terraform's own log. */

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean>>;
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/**
 * @param write takes one whole line
 * @param now milliseconds since the epoch
 */
export function createHclog(write: (line: string) => void, now: () => number): Log {
  return (level, message, fields = {}) => {
    // The names with @ are reserved for the host, which panics if their values are not text.
    const own = Object.entries(fields).filter(([name]) => !name.startsWith("@"));
    write(
      `${JSON.stringify({ "@level": level, "@message": message, "@timestamp": timestamp(now()), "@module": "provider", ...Object.fromEntries(own) })}\n`,
    );
  };
}

/** The text that makes Terraform report a crash to its user; anything else on stderr is only visible if logging is on. */
export function panicText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `panic: ${stack}\n`;
}

/** Formats a time with six fractional digits: with any other number, the host treats the line as plain text. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
