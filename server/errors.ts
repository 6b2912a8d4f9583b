/**
 * What the server throws on purpose. Our code and its tests match `code`, which never changes; wording may. docs/errors.md is the catalog.
 * http/problem.ts turns a code into an HTTP status, grpc services into a gRPC status; neither needs to know the classes.
 */

export type ErrorCode =
  | "beyond_grant" // a token asked for a key that may do more, or lives longer, than it may hand on
  | "build_active" // the workspace has an unfinished build
  | "credential_ended" // the key of the request expired or was deleted while the request ran
  | "forbidden" // visible, but this may not be done with it
  | "in_use" // cannot be deleted while something depends on it
  | "invalid_id"
  | "invalid_input"
  | "job_not_cancellable" // completed, or already being canceled
  | "job_not_completed" // needs a job that succeeded
  | "job_not_owned" // another daemon has it, or nobody
  | "job_over" // completed: its daemon is too late
  | "log_quota_exceeded"
  | "name_taken"
  | "not_allowed" // visible, and roles would allow it, but a rule of its own does not
  | "not_found" // missing, or hidden from the caller: the same answer for both
  | "owns_workspaces" // a user who still has workspaces cannot go
  | "setup_done" // the first user exists already
  | "state_conflict" // the state is not a successor of the stored one
  | "state_missing" // the workspace's last state is in a file beside a daemon
  | "store_unavailable";

export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
}

/** Anything that is missing or may not be seen. The message names only the kind, so that both cases read the same. */
export class NotFoundError extends DomainError {
  override readonly name = "NotFoundError";
  readonly code = "not_found";
  /** @param kind what was looked for, such as `workspace` */
  constructor(kind: string, options?: ErrorOptions) {
    super(`${kind} not found, or you do not have access to it`, options);
  }
}

/** `cause` carries authz's reason; http/denial-detail.ts decides how much of it the caller learns. */
export class ForbiddenError extends DomainError {
  override readonly name = "ForbiddenError";
  readonly code = "forbidden";
  constructor(action: string, type: string, options?: ErrorOptions) {
    super(`you may not ${action.replaceAll("_", " ")} this ${type.replaceAll("_", " ")}`, options);
  }
}

/** The request goes beyond what the asking key may hand on. The message and the fields list exactly the excess. */
export class BeyondGrantError extends DomainError {
  override readonly name = "BeyondGrantError";
  readonly code = "beyond_grant";
  readonly fields: readonly InvalidField[];
  constructor(message: string, fields: readonly InvalidField[], options?: ErrorOptions) {
    super(message, options);
    this.fields = fields;
  }
}

/** The key was valid when the request arrived, but no longer is. */
export class CredentialEndedError extends DomainError {
  override readonly name = "CredentialEndedError";
  readonly code = "credential_ended";
  constructor(options?: ErrorOptions) {
    super("the session or token of this request has ended", options);
  }
}

/** A rule other than roles and scopes, such as that users cannot delete themselves. The message tells the caller which one. */
export class NotAllowedError extends DomainError {
  override readonly name = "NotAllowedError";
  readonly code = "not_allowed";
}

export class InvalidIdError extends DomainError {
  override readonly name = "InvalidIdError";
  readonly code = "invalid_id";
  constructor(kind: string, text: string, options?: ErrorOptions) {
    super(`${JSON.stringify(text.slice(0, 64))} is not a valid ${kind} ID: expected a UUID`, options);
  }
}

export interface InvalidField {
  /** The JSON name of the field. */
  readonly field: string;
  readonly detail: string;
}

export class InvalidInputError extends DomainError {
  override readonly name = "InvalidInputError";
  readonly code = "invalid_input";
  readonly fields: readonly InvalidField[];
  constructor(message: string, fields: readonly InvalidField[] = [], options?: ErrorOptions) {
    super(message, options);
    this.fields = fields;
  }
}

export class NameTakenError extends DomainError {
  override readonly name = "NameTakenError";
  readonly code = "name_taken";
  /** The JSON name of the field whose value is already in use. */
  readonly field: string;
  /** @param options a hint says how the value can be freed */
  constructor(kind: string, field: string, value: string, { hint = "", ...options }: ErrorOptions & { readonly hint?: string } = {}) {
    const what = `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind} with ${field} ${JSON.stringify(value)} already exists`;
    super(hint === "" ? what : `${what}: ${hint}`, options);
    this.field = field;
  }
}

export class InUseError extends DomainError {
  override readonly name = "InUseError";
  readonly code = "in_use";
}

export class OwnsWorkspacesError extends DomainError {
  override readonly name = "OwnsWorkspacesError";
  readonly code = "owns_workspaces";
  constructor(options?: ErrorOptions) {
    super("the user still owns workspaces: delete them first", options);
  }
}

export class SetupDoneError extends DomainError {
  override readonly name = "SetupDoneError";
  readonly code = "setup_done";
  constructor(options?: ErrorOptions) {
    super("the first user has already been created", options);
  }
}

export class BuildActiveError extends DomainError {
  override readonly name = "BuildActiveError";
  readonly code = "build_active";
  constructor(options?: ErrorOptions) {
    super("a workspace build is already active", options);
  }
}

/** A pushed state would overwrite one that it does not follow. The message has the values of both, and what to do. */
export class StateConflictError extends DomainError {
  override readonly name = "StateConflictError";
  readonly code = "state_conflict";
}

/** The server knows that it does not have the state from which the next build would have to start. */
export class StateMissingError extends DomainError {
  override readonly name = "StateMissingError";
  readonly code = "state_missing";
  /** @param command gives it back */
  constructor(
    { buildNumber, file, daemon, command }: { buildNumber: number; file: string; daemon: string; command: string },
    options?: ErrorOptions,
  ) {
    super(
      `the state that build ${buildNumber} left is missing: the server did not take it, and the provisioner daemon ${JSON.stringify(daemon)} ` +
        `keeps it in the file ${file}. Give it back from the daemon's machine with \`${command}\`, or delete the workspace with \`--orphan\`, ` +
        "which leaves what Terraform created. Both need the right to update the template: without it, ask its authors",
      options,
    );
  }
}

export class JobNotCancellableError extends DomainError {
  override readonly name = "JobNotCancellableError";
  readonly code = "job_not_cancellable";
}

export class JobNotCompletedError extends DomainError {
  override readonly name = "JobNotCompletedError";
  readonly code = "job_not_completed";
}

export class JobNotOwnedError extends DomainError {
  override readonly name = "JobNotOwnedError";
  readonly code = "job_not_owned";
  constructor(jobId: string, options?: ErrorOptions) {
    super(`job ${jobId} is not held by this daemon`, options);
  }
}

export class JobOverError extends DomainError {
  override readonly name = "JobOverError";
  readonly code = "job_over";
  /** @param how the job's end in words, such as its error message */
  constructor(jobId: string, how: string, options?: ErrorOptions) {
    super(`job ${jobId} is over: ${how}`, options);
  }
}

/** An agent has sent as many log bytes as the server keeps for one agent. */
export class LogQuotaExceededError extends DomainError {
  override readonly name = "LogQuotaExceededError";
  readonly code = "log_quota_exceeded";
  constructor(options?: ErrorOptions) {
    super("the agent's logs have reached their limit of 1 MiB", options);
  }
}

/** The database is full, locked or unreachable: nothing of the request was written, and the caller may try again. */
export class StoreUnavailableError extends DomainError {
  override readonly name = "StoreUnavailableError";
  readonly code = "store_unavailable";
  /** @param why in a few words, such as `the disk is full` */
  constructor(why: string, options?: ErrorOptions) {
    super(`the database is unavailable: ${why}`, options);
  }
}
