import { admitsEvery } from "./allow-list.ts";
import { decide } from "./decide.ts";
import type { AuthzObject } from "./object.ts";
import { vote } from "./permission.ts";
import type { Action, ResourceType } from "./resource-types.ts";
import type { Subject } from "./subject.ts";

/** Which objects of one type a subject may act on, for lists. */
export interface ObjectFilter<T extends ResourceType> {
  /** `all` and `none` spare a list the question about each object; they hold for every object of the type, made or not. */
  readonly kind: "all" | "none" | "some";
  /** Agrees with `decide`. */
  admits(object: AuthzObject<T>): boolean;
}

export function objectFilter<T extends ResourceType>(subject: Subject, action: Action<T>, type: T): ObjectFilter<T> {
  const { permissions, allowList } = subject.scope;
  if (vote(permissions, type, action) !== 1 || !allowList.some((entry) => entry.type === "*" || entry.type === type))
    return { kind: "none", admits: () => false };
  const site = subject.roles.flatMap((role) => role.site);
  if (vote(site, type, action) === 1 && admitsEvery(allowList, type)) return { kind: "all", admits: () => true };
  return { kind: "some", admits: (object) => decide(subject, action, object).kind === "allowed" };
}
