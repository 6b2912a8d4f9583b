/** How a plugin's log lines on stderr reach Terraform's own log. */

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean>>;
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/**
 * @param write takes one whole line
 * @param now milliseconds since the epoch
 */
export function createHclog(write: (line: string) => void, now: () => number): Log {
  return (level, message, fields = {}) => {
    // The names with @ are the host's own, and of another type than text they end it with a panic.
    const own = Object.entries(fields).filter(([name]) => !name.startsWith("@"));
    write(
      `${JSON.stringify({ "@level": level, "@message": message, "@timestamp": timestamp(now()), "@module": "provider", ...Object.fromEntries(own) })}\n`,
    );
  };
}

/** The text that makes Terraform tell its user of a crash; anything else on stderr is seen by those only who turned logging on. */
export function panicText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `panic: ${stack}\n`;
}

/** With six digits of a second's fraction: the host takes a line with any other number for plain text. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
