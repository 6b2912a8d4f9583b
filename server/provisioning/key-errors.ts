import { StatusError } from "#proto/status.ts";

/** The daemon's key was deleted: it gets no work, and may only bring the jobs to an end that it was running. */
export class KeyDeletedError extends StatusError {
  constructor(options?: ErrorOptions) {
    super("UNAUTHENTICATED", "the provisioner key was deleted", options);
  }
}

export function unknownKey(cause?: unknown): StatusError {
  return new StatusError("UNAUTHENTICATED", "the provisioner key is missing, malformed or unknown", { cause });
}
