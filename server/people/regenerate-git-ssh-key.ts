import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { requireAuthorityOverAccount } from "../roles/role-authority.ts";
import { findGitSshKey, heldKeyHolder } from "./git-ssh-key-rows.ts";
import { type GitSshKey, makeGitSshKey, withoutPrivate } from "./git-ssh-keys.ts";

/** Replaces the key with a new one. @throws NotAllowedError for an account with roles that the caller may not give */
export const regenerateGitSshKey = ruled("gitSshKeys.regenerate", async (context: Context, userId: UserId): Promise<GitSshKey> => {
  const { guard, write } = context;
  guard.require("update_personal", userObject(userId), "user");
  return write(async (tx) => {
    const user = await heldKeyHolder(context, tx, userId);
    if (user === undefined) throw new NotFoundError("user");
    await requireAuthorityOverAccount(context, tx, userId);
    const before = await findGitSshKey(tx.db, userId);
    await makeGitSshKey(context, tx, { userId, comment: user.email });
    const after = await findGitSshKey(tx.db, userId);
    if (after === undefined) throw new NotFoundError("Git SSH key");
    const target = user.username;
    await audit(context, tx, { action: "write", resourceType: "git_ssh_key", resourceId: userId, target, before, after });
    return withoutPrivate(after);
  });
});
