/** The rules about role names and owners, as functions of data. */
import { isOrganizationRole, isSiteRole, mayAssign } from "#authz/roles.ts";
import type { Subject } from "#authz/subject.ts";
import { InvalidInputError, NotAllowedError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";

export const OWNER = "owner";

/** Removes duplicates, and the role `member`, which everybody has. @throws InvalidInputError naming a role that does not exist */
export function knownSiteRoles(names: readonly string[]): string[] {
  const unknown = names.find((name) => !isSiteRole(name));
  if (unknown !== undefined)
    throw new InvalidInputError("validation failed", [
      { field: "roles", detail: `There is no site role ${JSON.stringify(unknown.slice(0, 64))}.` },
    ]);
  return [...new Set(names)].filter((name) => name !== "member");
}

/**
 * Removes duplicates, and the role `organization-member`, which every member has.
 *
 * @throws InvalidInputError naming the field, and a role that does not exist
 */
export function knownOrganizationRoles(names: readonly string[], field: string): string[] {
  const unknown = names.find((name) => !isOrganizationRole(name) || name === "organization-service-account");
  if (unknown !== undefined) {
    const detail = `There is no organization role ${JSON.stringify(unknown.slice(0, 64))} to give.`;
    throw new InvalidInputError("validation failed", [{ field, detail }]);
  }
  return [...new Set(names)].filter((name) => name !== "organization-member");
}

/** Compares two lists of roles. */
export function changeOfRoles(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  return { added: after.filter((role) => !before.includes(role)), removed: before.filter((role) => !after.includes(role)) };
}

/**
 * Asks whether a subject's own roles let it give a role, or take it away. An owner may also take away a role that this program does not
 * know.
 *
 * @throws NotAllowedError
 */
export function requireAuthorityOver(
  subject: Subject,
  role: string,
  organizationId: OrganizationId | undefined,
  action: "assign" | "unassign",
): void {
  if (isOwner(subject) || mayAssign(subject, role, organizationId, action)) return;
  throw new NotAllowedError(`your own roles do not let you ${action === "assign" ? "give" : "take away"} the role ${role}`);
}

/** Only owners decide what happens to an owner's account. @throws NotAllowedError */
export function protectOwner(subject: Subject, target: { readonly rbac_roles: readonly string[] }): void {
  if (target.rbac_roles.includes(OWNER) && !isOwner(subject)) throw new NotAllowedError("only an owner may do this to an owner");
}

function isOwner({ kind, roles }: Subject): boolean {
  return kind === "internal" || roles.some(({ name }) => name === OWNER);
}
