import { StatusError, type StatusName } from "#proto/status.ts";
import { DomainError, type ErrorCode } from "../errors.ts";

const STATUS = {
  beyond_grant: "PERMISSION_DENIED",
  build_active: "FAILED_PRECONDITION",
  credential_ended: "UNAUTHENTICATED",
  forbidden: "PERMISSION_DENIED",
  in_use: "FAILED_PRECONDITION",
  invalid_id: "INVALID_ARGUMENT",
  invalid_input: "INVALID_ARGUMENT",
  job_not_cancellable: "FAILED_PRECONDITION",
  job_not_completed: "FAILED_PRECONDITION",
  job_not_owned: "PERMISSION_DENIED",
  job_over: "FAILED_PRECONDITION",
  log_quota_exceeded: "RESOURCE_EXHAUSTED",
  name_taken: "ALREADY_EXISTS",
  not_allowed: "PERMISSION_DENIED",
  not_found: "NOT_FOUND",
  owns_workspaces: "FAILED_PRECONDITION",
  setup_done: "FAILED_PRECONDITION",
  state_conflict: "FAILED_PRECONDITION",
  state_missing: "FAILED_PRECONDITION",
  store_unavailable: "UNAVAILABLE",
} as const satisfies Record<ErrorCode, StatusName>;

/**
 * Converts what the server throws on purpose to a gRPC status; http/problem.ts does the same for HTTP. Other errors pass through unchanged.
 */
export function toStatus(error: unknown): unknown {
  return error instanceof DomainError ? new StatusError(STATUS[error.code], error.message, { cause: error }) : error;
}
