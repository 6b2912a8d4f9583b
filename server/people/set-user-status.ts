import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { UserStatus } from "../database/tables/people.ts";
import { InvalidInputError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { requireAuthorityOverAccount } from "../roles/role-authority.ts";
import { changeUser } from "./change-user.ts";
import { updateUserRow } from "./user-rows.ts";

/** @throws InvalidInputError for suspending oneself, or an owner; NotAllowedError for an account with roles that the caller may not give */
export const setUserStatus = ruled("users.setStatus", (context: Context, id: UserId, status: UserStatus) =>
  changeUser(context, id, async (tx, user) => {
    const { guard, now } = context;
    guard.require("update", userObject(id), "user");
    if (status === "suspended" && guard.subject.id === id) throw new InvalidInputError("you cannot suspend yourself");
    await requireAuthorityOverAccount(context, tx, id);
    if (status === "suspended" && user.rbac_roles.includes("owner"))
      throw new InvalidInputError("an owner cannot be suspended: remove the role first");
    await updateUserRow(tx.db, id, { status, updated_at: now() });
  }),
);
