import { Type } from "typebox";

/** Query keys of lists that come in pages. A limit of 0 is none. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
};

export function pageOf({ limit = 0, offset = 0 }: { readonly limit?: number; readonly offset?: number }): {
  limit?: number;
  offset: number;
} {
  return { offset, ...(limit > 0 && { limit }) };
}
