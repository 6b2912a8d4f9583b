/** A problem with the machine or the request, not with this code. The message is for the person who requested a release. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}
