import { Type } from "typebox";
import { Check } from "typebox/value";
import { expect, test } from "vitest";
import { PageQuery, pageOf } from "./page.ts";

for (const { query, page } of [
  { query: {}, page: { offset: 0 } },
  { query: { limit: 0 }, page: { offset: 0 } },
  { query: { limit: 5, offset: 10 }, page: { limit: 5, offset: 10 } },
])
  test(`${JSON.stringify(query)} asks for ${JSON.stringify(page)}`, () => expect(pageOf(query)).toEqual(page));

test("a place is a whole number that a database takes", () => {
  const schema = Type.Object(PageQuery);
  for (const place of [0, 1, 2 ** 31 - 1]) expect(Check(schema, { limit: place, offset: place }), `${place}`).toBe(true);
  for (const place of [-1, 0.5, 2 ** 31, "1"]) {
    expect(Check(schema, { limit: place }), `limit ${place}`).toBe(false);
    expect(Check(schema, { offset: place }), `offset ${place}`).toBe(false);
  }
});
