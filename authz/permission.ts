import { type Action, RESOURCE_TYPES, type ResourceType } from "./resource-types.ts";

export interface Permission {
  readonly type: ResourceType | "*";
  readonly action: Action | "*";
  /** Forbids instead of allowing, and wins over every positive permission of the same level. */
  readonly negate?: true;
}

/** -1: at least one negative permission matches; 1: only positive ones do; 0: none matches. */
export type Vote = -1 | 0 | 1;

/** Permissions for the listed actions on one type, or for every action if none is listed. */
export function on<T extends ResourceType>(type: T, ...actions: readonly Action<T>[]): Permission[] {
  return actions.length === 0 ? [{ type, action: "*" }] : actions.map((action) => ({ type, action }));
}

export function never<T extends ResourceType>(type: T, ...actions: readonly Action<T>[]): Permission[] {
  return actions.map((action) => ({ type, action, negate: true }));
}

/** Every action on every type except the named ones, including types added later. */
export function onAllExcept(...types: readonly ResourceType[]): Permission[] {
  return RESOURCE_TYPES.filter((type) => !types.includes(type)).map((type) => ({ type, action: "*" }));
}
