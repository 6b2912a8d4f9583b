import { Type } from "typebox";

/** More than any list has, and what a database takes. */
const MAX_PLACE = 2 ** 31 - 1;

/** Query keys of lists that come in pages. A limit of 0 is none. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_PLACE })),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_PLACE })),
};

export function pageOf({ limit = 0, offset = 0 }: { readonly limit?: number; readonly offset?: number }): {
  limit?: number;
  offset: number;
} {
  return { offset, ...(limit > 0 && { limit }) };
}
