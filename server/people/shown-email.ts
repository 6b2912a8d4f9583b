/**
 * Who sees whose email address. Signed in, whoever may see a user sees the address too, as Coder's dashboard expects. A token is given to
 * programs, and one that may only look people up shows no address but its own user's: that is personal, and needs `user:read_personal`.
 */
import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import type { UserId } from "../ids.ts";

type Asking = Pick<Context, "guard">;

/** The record as the caller may see it, with an empty address instead of one that the caller may not see. */
export function withShownEmail<U extends { readonly email: string }>({ guard }: Asking, id: UserId, user: U): U {
  const isShown = guard.shows("read_personal", userObject(id));
  return isShown || guard.subject.credential.kind !== "token" || guard.subject.id === id ? user : { ...user, email: "" };
}

/** The only user whom a search may find by the email address, because its result would tell what no answer shows; undefined for all. */
export function onlyFoundByEmail({ guard }: Asking): string | undefined {
  const seesAll = guard.shows("read_personal", { type: "user" });
  return seesAll || guard.subject.credential.kind !== "token" ? undefined : guard.subject.id;
}
