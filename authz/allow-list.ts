import type { ResourceType } from "./resource-types.ts";

/** Admits the object of this type and id; `*` stands for any. Ids are compared as text. */
export interface AllowEntry {
  readonly type: ResourceType | "*";
  readonly id: string;
}

/** The objects that a credential may touch at all, whatever its roles. Empty admits nothing. */
export type AllowList = readonly AllowEntry[];

export const ALLOW_ALL: AllowList = [{ type: "*", id: "*" }];

/** An object without an id (one still to be made) is admitted only by `*:*` and `type:*`. */
export function isOnAllowList(list: AllowList, object: { readonly type: ResourceType; readonly id?: string | undefined }): boolean {
  return list.some((entry) => (entry.type === "*" || entry.type === object.type) && (entry.id === "*" || entry.id === object.id));
}

/** Whether the list admits every object of a type, also those without an id. */
export function admitsEvery(list: AllowList, type: ResourceType): boolean {
  return isOnAllowList(list, { type });
}
