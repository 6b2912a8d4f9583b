/** What a daemon reports cannot be stored. The job fails with this message, which names what is wrong and where. */
export class InvalidCompletionError extends Error {
  override readonly name = "InvalidCompletionError";
}
