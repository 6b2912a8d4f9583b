import { userObject } from "#authz/object.ts";
import type { UserAppearanceSettings } from "#sdk/users.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { holdUser } from "../database/locks.ts";
import type { UserId } from "../ids.ts";
import { requireAuthorityOverAccount } from "../roles/role-authority.ts";
import { putAppearance } from "./appearance-rows.ts";

/** Replaces the user's settings for the dashboard. @throws NotAllowedError for an account with roles that the caller may not give */
export const setAppearance = ruled(
  "users.setAppearance",
  async (context: Context, id: UserId, settings: UserAppearanceSettings): Promise<void> => {
    const { guard, write, now } = context;
    guard.require("update_personal", userObject(id), "user");
    const updated_at = now();
    await write(async (tx) => {
      await holdUser(context, tx, id);
      await requireAuthorityOverAccount(context, tx, id);
      await putAppearance(tx.db, { user_id: id, settings, updated_at });
    });
  },
);
