import type { FastifyBaseLogger } from "fastify";
import { DeniedError } from "#authz/denied-error.ts";
import { redactSecrets } from "#credentials/secret.ts";
import type { Response } from "#sdk/response.ts";
import { BeyondGrantError, DomainError, type ErrorCode, InvalidInputError, NameTakenError } from "../errors.ts";
import { denialDetail } from "./denial-detail.ts";
import { HttpError } from "./http-error.ts";

const STATUS = {
  beyond_grant: 403,
  build_active: 409,
  credential_ended: 401,
  forbidden: 403,
  in_use: 400,
  invalid_id: 400,
  invalid_input: 400,
  job_not_cancellable: 400,
  job_not_completed: 400,
  job_not_owned: 409,
  job_over: 409,
  log_quota_exceeded: 413,
  name_taken: 409,
  not_allowed: 403,
  not_found: 404,
  owns_workspaces: 417,
  setup_done: 409,
  state_conflict: 409,
  state_missing: 409,
  store_unavailable: 503,
} as const satisfies Record<ErrorCode, number>;

/** Missing and hidden objects get the same answer, whatever was asked for. */
const NOT_FOUND: Response = { message: "Not found, or you do not have access to it." };
const FORBIDDEN: Response = { message: "Forbidden." };

type ErrorLog = Pick<FastifyBaseLogger, "debug" | "info" | "error">;

export interface Problem {
  readonly status: number;
  readonly body: Response;
}

/**
 * The only place where an error becomes an HTTP answer. The caller learns nothing about unexpected errors, nor about what it may not see.
 * Answers about its own mistakes are kept, copied and sent on, so a token that was part of the mistake is removed.
 */
export function toProblem(error: unknown, log: ErrorLog): Problem {
  const { status, body } = problemOf(error, log);
  return { status, body: withoutSecrets(body) };
}

function withoutSecrets({ message, detail, validations, ...rest }: Response): Response {
  return {
    message: redactSecrets(message),
    ...(detail !== undefined && { detail: redactSecrets(detail) }),
    ...(validations !== undefined && {
      validations: validations.map((one) => ({ field: redactSecrets(one.field), detail: redactSecrets(one.detail) })),
    }),
    ...rest,
  };
}

function problemOf(error: unknown, log: ErrorLog): Problem {
  if (error instanceof HttpError) return { status: error.status, body: error.body };
  if (error instanceof DeniedError) return denied(error, log);
  if (error instanceof DomainError) return domainProblem(error, log);
  // Fastify's own refusals: a body that is too large, JSON that does not parse, a wrong length.
  if (isFastifyRefusal(error)) return { status: error.statusCode, body: { message: refusalMessage(error.code), detail: error.message } };
  log.error({ err: error }, "unhandled error");
  return { status: 500, body: { message: "An internal server error occurred." } };
}

function denied({ reason }: DeniedError, log: ErrorLog): Problem {
  log.info({ reason }, "forbidden");
  return { status: 403, body: { ...FORBIDDEN, detail: denialDetail(reason) } };
}

function domainProblem(error: DomainError, log: ErrorLog): Problem {
  const status = STATUS[error.code];
  switch (error.code) {
    case "not_found":
      log.debug({ detail: error.message }, "not found");
      return { status, body: NOT_FOUND };
    case "forbidden":
      if (error.cause instanceof DeniedError) return denied(error.cause, log);
      log.info({ err: error }, "forbidden");
      return { status, body: FORBIDDEN };
    case "beyond_grant":
    case "not_allowed":
      return {
        status,
        body: {
          ...FORBIDDEN,
          detail: sentence(error.message),
          ...(error instanceof BeyondGrantError && error.fields.length > 0 && { validations: [...error.fields] }),
        },
      };
    case "store_unavailable":
      log.error({ err: error }, "the database is unavailable");
      break;
  }
  const body: Response = { message: sentence(error.message) };
  if (error instanceof InvalidInputError && error.fields.length > 0) body.validations = [...error.fields];
  if (error instanceof NameTakenError) body.validations = [{ field: error.field, detail: "This value is already in use." }];
  return { status, body };
}

/** Domain messages are fragments that can follow a colon; answers are sentences. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

function isFastifyRefusal(error: unknown): error is Error & { readonly code: string; readonly statusCode: number } {
  if (!(error instanceof Error && "code" in error && "statusCode" in error)) return false;
  const { code, statusCode } = error;
  return typeof code === "string" && code.startsWith("FST_") && typeof statusCode === "number" && statusCode >= 400 && statusCode < 500;
}

function refusalMessage(code: string): string {
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return "The request body is too large.";
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return "This content type is not supported here.";
    default:
      return "Request body must be valid JSON.";
  }
}
