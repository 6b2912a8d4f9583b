/**
 * The error that a command throws on purpose. Only `program.ts` catches it: it prints `error: ` and the message to stderr, and returns the
 * exit code.
 */
export class CliError extends Error {
  override readonly name: string = "CliError";
  /** Further lines below the message: what the server said about each field, or what to do next. */
  readonly details: readonly string[];
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { details?: readonly string[]; exitCode?: number } = {}) {
    super(message, options);
    this.details = options.details ?? [];
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The user answered no or pressed Ctrl-C, or the job was canceled: exit code 1, and nothing is printed. */
export class CanceledError extends Error {
  override readonly name = "CanceledError";
}
