import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { NotAllowedError, OwnsWorkspacesError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { deleteKeysOf, lockKeys } from "../keys/key-lineage.ts";
import { keepAnOwner, requireAuthorityOverAccount } from "../roles/role-authority.ts";
import { deleteRowsOfUser, ownsWorkspaces } from "./user-deletion-rows.ts";
import { lockedUser, updateUserRow } from "./user-rows.ts";

/**
 * Deletes the user's keys with all that they minted, its links and its memberships; its name and email address are free again.
 *
 * @throws OwnsWorkspacesError; NotAllowedError for oneself, and for an account with roles that the caller may not give; InvalidInputError for the last
 *   owner
 */
export const deleteUser = ruled("users.delete", async (context: Context, id: UserId): Promise<void> => {
  const { guard, write, now } = context;
  await write(async (tx) => {
    // In the meantime, no key of the user may create another one, and no workspace may be created for the user.
    await lockKeys(context, tx);
    const user = await lockedUser(context, tx, id, "all");
    guard.require("delete", userObject(id), "user");
    if (guard.subject.id === id) throw new NotAllowedError("you cannot delete yourself");
    await requireAuthorityOverAccount(context, tx, id);
    if (await ownsWorkspaces(tx.db, id)) throw new OwnsWorkspacesError();
    for (const change of await deleteKeysOf(context, tx, id)) await auditKeyChange(context, tx, "delete", change, { ended_with_user: id });
    await deleteRowsOfUser(tx.db, id);
    await updateUserRow(tx.db, id, { deleted: true, hashed_password: "", updated_at: now() });
    if (user.rbac_roles.includes("owner")) await keepAnOwner(context, tx, id);
    await audit(context, tx, { action: "delete", resourceType: "user", resourceId: id, target: user.username, before: user });
  });
});
