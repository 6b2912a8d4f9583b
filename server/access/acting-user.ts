import { UserId } from "../ids.ts";
import type { Context } from "./context.ts";

/**
 * Returns the user in whose name something is created. A user or an agent always acts in its own name; the server itself must name a user.
 *
 * @param named ignored unless the server itself acts
 */
export function actingUser({ guard: { subject } }: Context, named: UserId | undefined): UserId {
  if (subject.kind !== "internal") return UserId.parse(subject.id);
  if (named === undefined) throw new TypeError("the server itself must say in which user's name it creates something");
  return named;
}
