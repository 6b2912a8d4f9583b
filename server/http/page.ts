import { Type } from "typebox";

/** More than any list has, and within the range of the databases. */
const MAX_PLACE = 2 ** 31 - 1;

/** The query parameters of paginated lists. A limit of 0 means no limit. */
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
