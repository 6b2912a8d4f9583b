import { redactSecrets } from "#credentials/secret.ts";
import { ApiError } from "#sdk/api-error.ts";
import { CanceledError, CliError } from "./failure.ts";
import { plainText } from "./plain-text.ts";

export interface FailureDescription {
  /** Lines for stderr. Empty if the user already knows the reason, because they answered no. */
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** The one place where an error becomes text. The first line starts with `error: ` and is a sentence. */
export function describeFailure(error: unknown, { verbose }: { readonly verbose: boolean }): FailureDescription {
  if (error instanceof CanceledError) return { lines: [], exitCode: 1 };
  const lines = describe(error);
  if (verbose) lines.push(...causes(error));
  return {
    lines: lines.map((line, index) => redactSecrets(plainText(index === 0 ? `error: ${line}` : line))),
    exitCode: error instanceof CliError ? error.exitCode : 1,
  };
}

function describe(error: unknown): string[] {
  if (error instanceof CliError) return [error.message, ...error.details];
  if (error instanceof ApiError) {
    return [
      error.message,
      ...error.validations.map(({ field, detail }) => `\t${field}: ${detail}`),
      ...(error.detail === "" ? [] : error.detail.split("\n")),
      ...(error.status === 401 ? ["Log in with `proviso login <url>`."] : []),
      ...(error.status === 404 && error.message.includes("do not have access")
        ? ["A token can see only what its scopes and allow list permit; show them with `proviso whoami`."]
        : []),
    ];
  }
  if (isUnreachable(error)) return [`cannot reach the server: ${rootCause(error)}`];
  return [error instanceof Error ? error.message : String(error)];
}

/** The message of `fetch` is only "fetch failed"; the cause has the reason. */
function isUnreachable(error: unknown): error is TypeError {
  return error instanceof TypeError && error.message === "fetch failed";
}

function rootCause(error: Error): string {
  let root: unknown = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  if (root instanceof AggregateError && root.errors[0] instanceof Error) root = root.errors[0];
  return root instanceof Error ? root.message || root.name : String(root);
}

function causes(error: unknown): string[] {
  const lines = error instanceof ApiError ? [`${error.request} returned status ${error.status}`] : [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) lines.push(cause.stack ?? cause.message);
  return lines;
}
