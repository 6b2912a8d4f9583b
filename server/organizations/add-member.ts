import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdUser } from "../database/locks.ts";
import { InvalidInputError } from "../errors.ts";
import type { OrganizationId, UserId } from "../ids.ts";
import { requireNewMember } from "../roles/role-authority.ts";
import { insertMembership } from "../roles/role-rows.ts";
import { entryOf } from "./member-entry.ts";
import { findMember, type OrganizationMember } from "./member-rows.ts";

/** @throws InvalidInputError for a user who is a member already; NotAllowedError when the subject may not give the default roles */
export const addMember = ruled(
  "organizationMembers.add",
  (context: Context, organizationId: OrganizationId, userId: UserId): Promise<OrganizationMember> =>
    context.write(async (tx) => {
      await requireNewMember(context, tx, organizationId);
      await holdUser(context, tx, userId);
      const at = context.now();
      await insertMembership(tx.db, {
        organization_id: organizationId,
        user_id: userId,
        roles: [],
        created_at: at,
        updated_at: at,
      }).catch((error: unknown) => {
        if (!(error instanceof UniqueViolationError)) throw error;
        throw new InvalidInputError("the user is a member of this organization already", [], { cause: error });
      });
      const after = await findMember(tx.db, organizationId, userId);
      if (after === undefined) throw new Error(`member ${userId} vanished while it was made`);
      await audit(context, tx, { ...entryOf(after), action: "create", after });
      return after;
    }),
);
