import { Metadata, type ServiceError, status } from "@grpc/grpc-js";

/** A gRPC status code by its standard name. */
export type StatusName = Exclude<keyof typeof status, "OK">;

/** The error of every failing gRPC call in this project, on either side. The code is for programs, the message for people. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly code: StatusName;

  /** @param options.cause stays on this side: only code and message are sent */
  constructor(code: StatusName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Converts what a gRPC library throws, or anything else (`UNKNOWN`), with the original as cause. */
  static from(error: unknown): StatusError {
    if (error instanceof StatusError) return error;
    if (isServiceError(error)) {
      // A proxy answered in place of the server, for example because the server restarts. grpc-js makes codes of refusals of that.
      if (FROM_A_PROXY.test(error.details)) return new StatusError("UNAVAILABLE", error.details, { cause: error });
      const name = status[error.code];
      return new StatusError(isStatusName(name) ? name : "UNKNOWN", error.details || error.message, { cause: error });
    }
    return new StatusError("UNKNOWN", error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** What grpc-js says of an answer that is not gRPC: https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
const FROM_A_PROXY = /^Received HTTP status code \d+/;

/** Converts an error to the form that grpc-js expects from a handler. Unless it is a StatusError, the peer learns nothing about it. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  if (!(error instanceof StatusError)) return { code: status.INTERNAL, details: "internal error", metadata: new Metadata() };
  return { code: status[error.code], details: error.message, metadata: new Metadata() };
}

function isStatusName(name: string | undefined): name is StatusName {
  return name !== undefined && name in status && name !== "OK";
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && typeof error.code === "number" && "details" in error;
}
