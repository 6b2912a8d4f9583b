import { userObject } from "#authz/object.ts";
import type { UserAppearanceSettings } from "#sdk/users.ts";
import type { Context } from "../access/context.ts";
import { permitted } from "../access/permitted-rows.ts";
import type { User } from "../access/person-rows.ts";
import { ruled } from "../access/ruled.ts";
import { NotFoundError } from "../errors.ts";
import { UserId } from "../ids.ts";
import { findAppearance } from "./appearance-rows.ts";
import { onlyFoundByEmail, withShownEmail } from "./shown-email.ts";
import { selectUserList, type UserFilter } from "./user-list-rows.ts";
import { findUser, findUserAmong, USER_OBJECT } from "./user-rows.ts";

export const getUser = ruled("users.get", async ({ db, guard }: Context, id: UserId): Promise<User> => {
  const user = await findUser(db, id);
  if (user === undefined) throw new NotFoundError("user");
  guard.read(userObject(user.id), "user");
  return withShownEmail({ guard }, user.id, user);
});

/** Returns the record that the request was authenticated with, which is as current as a query's, if the subject may read it. */
export const getSelf = ruled("users.self", async ({ guard }: Context, user: User): Promise<User> => {
  guard.read(userObject(user.id), "user");
  return user;
});

/** For data that concerns only the user. */
export const getPersonal = ruled("users.getPersonal", async ({ db, guard }: Context, id: UserId): Promise<User> => {
  guard.require("read_personal", userObject(id), "user");
  const user = await findUser(db, id);
  if (user === undefined) throw new NotFoundError("user");
  return user;
});

/** @param reference a UUID or a username. @returns undefined if there is no such user, or none that the subject may see */
export const findUserByReference = ruled("users.find", (context: Context, reference: string): Promise<User | undefined> => {
  const named = UserId.is(reference) ? { id: UserId.parse(reference) } : { username: reference };
  return findUserAmong(context.db, named, permitted(context, "read", "user", USER_OBJECT));
});

/**
 * Sorted by username. `count` is the number of matches before limit and offset.
 *
 * @throws InvalidInputError if `afterId` is not in the list
 */
export const listUsers = ruled(
  "users.list",
  async (context: Context, filter: UserFilter = {}): Promise<{ readonly users: readonly User[]; readonly count: number }> => {
    const isShown = permitted(context, "read", "user", USER_OBJECT);
    const { users, count } = await selectUserList(context, isShown, { ...filter, onlyFoundByEmail: onlyFoundByEmail(context) });
    return { users: users.map((user) => withShownEmail(context, user.id, user)), count };
  },
);

/** @returns undefined if the user has not chosen anything yet */
export const getAppearance = ruled(
  "users.appearance",
  async ({ db, guard }: Context, id: UserId): Promise<UserAppearanceSettings | undefined> => {
    guard.require("read_personal", userObject(id), "user");
    return findAppearance(db, id);
  },
);
