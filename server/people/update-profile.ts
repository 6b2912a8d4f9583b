import { userObject } from "#authz/object.ts";
import type { UpdateUserProfileRequest } from "#sdk/users.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { UserId } from "../ids.ts";
import { FieldChecks } from "../input/names.ts";
import { requireAuthorityOverAccount } from "../roles/role-authority.ts";
import { changeUser } from "./change-user.ts";
import { withShownEmail } from "./shown-email.ts";
import { updateUserRow } from "./user-rows.ts";

/** A field that is left out stays as it is. */
export interface Profile {
  readonly username?: string;
  readonly name?: string;
  readonly avatarUrl?: string;
}

/** @throws InvalidInputError naming the fields */
export function parseProfile({ username, name = "", avatar_url: avatarUrl }: UpdateUserProfileRequest): Profile {
  const checks = new FieldChecks().username("username", username).realName("name", name);
  if (avatarUrl !== undefined) checks.imageAddress("avatar_url", avatarUrl);
  checks.done();
  return { username, name, ...(avatarUrl !== undefined && { avatarUrl }) };
}

/** @throws NameTakenError; NotAllowedError for an account with roles that the caller may not give */
export const updateProfile = ruled("users.update", async (context: Context, id: UserId, { username, name, avatarUrl }: Profile) => {
  const after = await changeUser(context, id, async (tx) => {
    context.guard.require("update_personal", userObject(id), "user");
    await requireAuthorityOverAccount(context, tx, id);
    const set = {
      ...(username !== undefined && { username }),
      ...(name !== undefined && { name }),
      ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
    };
    await updateUserRow(tx.db, id, { ...set, updated_at: context.now() });
  });
  return withShownEmail(context, id, after);
});
