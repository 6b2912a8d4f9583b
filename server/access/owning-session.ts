import type { AuthzObject } from "#authz/object.ts";
import type { Subject } from "#authz/subject.ts";

/**
 * Whether somebody looks at what they own themselves, signed in: what they put into it is no secret from them, whatever their roles. A token
 * shows only what its scopes allow.
 */
export function isOwningSession({ id, credential }: Subject, { ownerId }: Pick<AuthzObject, "ownerId">): boolean {
  return credential.kind === "session" && id !== "" && ownerId === id;
}
