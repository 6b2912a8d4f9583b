import { UserId } from "../ids.ts";
import type { Context } from "./context.ts";

/**
 * In whose name something is created. A user or an agent always acts in its own; the server itself must say in whose.
 *
 * @param named ignored unless the server itself acts
 */
export function actingUser({ guard: { subject } }: Context, named: UserId | undefined): UserId {
  if (subject.kind !== "internal") return UserId.parse(subject.id);
  if (named === undefined) throw new TypeError("the system creates things in a user's name only");
  return named;
}
