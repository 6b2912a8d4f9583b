import { organizationMemberObject, organizationObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { onlyFoundByEmail, withShownEmail } from "../people/shown-email.ts";
import { isOrganization, MEMBER_OBJECT } from "../roles/role-rows.ts";
import { countMembers, findMember, type MemberFilter, type OrganizationMember, selectMemberList } from "./member-rows.ts";

export const getMember = ruled(
  "organizationMembers.get",
  async ({ db, guard }: Context, organizationId: OrganizationId, userId: UserId): Promise<OrganizationMember> => {
    const row = await findMember(db, organizationId, userId);
    if (row === undefined) throw new NotFoundError("organization member");
    guard.read(organizationMemberObject({ userId, organizationId }), "organization member");
    return withShownEmail({ guard }, userId, row);
  },
);

/** Sorted by username. `count` is the number of matches before limit and offset. */
export const listMembers = ruled(
  "organizationMembers.list",
  async (
    context: Context,
    organizationId: OrganizationId,
    filter: MemberFilter = {},
  ): Promise<{ readonly members: readonly OrganizationMember[]; readonly count: number }> => {
    await requireOrganization(context, organizationId);
    const mayRead = permitted(context, "read", "organization_member", MEMBER_OBJECT);
    const wanted = { ...filter, onlyFoundByEmail: onlyFoundByEmail(context) };
    const members = await selectMemberList(context, organizationId, [mayRead], wanted);
    const count = await countMembers(context, organizationId, [mayRead], wanted);
    return { members: members.map((member) => withShownEmail(context, member.user_id, member)), count };
  },
);

/** Returns the members for whom the subject may create a workspace in the organization, sorted by username. */
export const listPossibleOwners = ruled(
  "organizationMembers.possibleOwners",
  async (context: Context, organizationId: OrganizationId, filter: MemberFilter = {}): Promise<readonly OrganizationMember[]> => {
    await requireOrganization(context, organizationId);
    const mayRead = permitted(context, "read", "organization_member", MEMBER_OBJECT);
    // A workspace that does not exist yet has no id, only an owner and an organization.
    const { ownerId, organizationId: inOrganization } = MEMBER_OBJECT;
    const mayOwn = permitted(context, "create", "workspace", { ownerId, organizationId: inOrganization });
    const wanted = { ...filter, onlyFoundByEmail: onlyFoundByEmail(context) };
    const members = await selectMemberList(context, organizationId, [mayRead, mayOwn], wanted);
    return members.map((member) => withShownEmail(context, member.user_id, member));
  },
);

async function requireOrganization({ db, guard }: Context, id: OrganizationId): Promise<void> {
  if (!(await isOrganization(db, id))) throw new NotFoundError("organization");
  guard.read(organizationObject(id), "organization");
}
