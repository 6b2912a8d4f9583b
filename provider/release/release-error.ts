/** What is wrong with the machine or the order, not with this code: the message is for the person who asked for a release. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}
