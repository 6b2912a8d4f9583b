/**
 * What a command throws on purpose. `main.ts` is the only catcher: it prints `error: ` and the message to stderr, and ends with the exit code.
 */
export class CliError extends Error {
  override readonly name: string = "CliError";
  /** Further lines below the message: what the server said field by field, or how to go on. */
  readonly details: readonly string[];
  readonly exitCode: number;

  constructor(message: string, options: ErrorOptions & { details?: readonly string[]; exitCode?: number } = {}) {
    super(message, options);
    this.details = options.details ?? [];
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The person said no, pressed Ctrl-C, or the job was cancelled: exit code 1, and nothing is printed. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
}
