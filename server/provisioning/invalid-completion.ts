/** Means that a daemon's results cannot be stored. The job fails with this message, which says what is wrong and where. */
export class InvalidCompletionError extends Error {
  override readonly name = "InvalidCompletionError";
}
