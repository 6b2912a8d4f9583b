/** Who may make of somebody what: the rules about roles and accounts that stand beside the decision of authz. */
import { organizationObject, orgRoleObject, roleObject } from "#authz/object.ts";
import { mayAssign } from "#authz/roles.ts";
import type { Subject } from "#authz/subject.ts";
import type { Context } from "../access/context.ts";
import type { Database, Tx } from "../database/database.ts";
import { advisoryLock } from "../database/locks.ts";
import { listsAny } from "../database/text-search.ts";
import { InvalidInputError, NotAllowedError, NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";

const OWNER = "owner";

function isOwner({ kind, roles }: Subject): boolean {
  return kind === "internal" || roles.some(({ name }) => name === OWNER);
}

type RoleChange = { readonly assign: readonly string[]; readonly unassign?: readonly string[] };

/**
 * Of site roles, or of roles in one organization. Even for nothing it takes the right to give roles.
 *
 * @throws ForbiddenError without the right to give or take roles at all; NotAllowedError for one that is not the subject's to give, or take
 */
export function requireAssignable({ guard }: Pick<Context, "guard">, change: RoleChange, organizationId?: OrganizationId): void {
  const { assign, unassign = [] } = change;
  const object = organizationId === undefined ? roleObject() : orgRoleObject(organizationId);
  if (assign.length > 0 || unassign.length === 0) guard.requireOpenly("assign", object);
  if (unassign.length > 0) guard.requireOpenly("unassign", object);
  for (const role of assign) check(guard.subject, role, organizationId, "assign");
  for (const role of unassign) check(guard.subject, role, organizationId, "unassign");
}

function check(subject: Subject, role: string, organizationId: OrganizationId | undefined, action: "assign" | "unassign"): void {
  // An owner may also take away a role that this program does not know.
  if (isOwner(subject) || mayAssign(subject, role, organizationId, action)) return;
  throw new NotAllowedError(`your own roles do not let you ${action === "assign" ? "give" : "take away"} the role ${role}`);
}

/** Whoever joins gets the organization's default roles, so those must be the subject's to give. It is there until the transaction ends. */
export async function requireNewMember(context: Context, tx: Tx, organizationId: OrganizationId): Promise<void> {
  const organization = await tx.db
    .selectFrom("organizations")
    .select(["id", "default_member_roles"])
    .where("id", "=", organizationId)
    .where("deleted", "=", false)
    .$if(context.dialect === "postgres", (q) => q.forKeyShare())
    .executeTakeFirst();
  if (organization === undefined) throw new NotFoundError("organization");
  context.guard.read(organizationObject(organizationId), "organization");
  context.guard.requireOpenly("create", { type: "organization_member", organizationId });
  requireAssignable(context, { assign: ["organization-member", ...organization.default_member_roles] }, organizationId);
}

/** What happens to an owner's account is for owners to say. @throws NotAllowedError */
export function protectOwner({ guard }: Pick<Context, "guard">, target: { readonly rbac_roles: readonly string[] }): void {
  if (target.rbac_roles.includes(OWNER) && !isOwner(guard.subject)) throw new NotAllowedError("only an owner may do this to an owner");
}

/**
 * Part of a change after which this user is no owner any more. Waits for other such changes: two owners may not go at the same time.
 *
 * @throws InvalidInputError when nobody else is one who is not suspended
 */
export async function keepAnOwner(core: Database, tx: Tx, leaving: UserId): Promise<void> {
  await advisoryLock(core, tx, "owners");
  const other = await tx.db
    .selectFrom("users")
    .select("id")
    .where("deleted", "=", false)
    .where("status", "<>", "suspended")
    .where("id", "<>", leaving)
    .where(listsAny(core.dialect, "users.rbac_roles", [OWNER]))
    .executeTakeFirst();
  if (other === undefined)
    throw new InvalidInputError("this is the last owner", [
      { field: "roles", detail: "A server needs an owner: make somebody else one first." },
    ]);
}

/** What one list of roles gives that another does not, and the other way round. */
export function changeOfRoles(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  return { added: after.filter((role) => !before.includes(role)), removed: before.filter((role) => !after.includes(role)) };
}
