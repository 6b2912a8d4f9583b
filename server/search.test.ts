import { expect, test } from "vitest";
import { parseSearch, searchBoolean } from "./search.ts";

const KEYS = ["name", "owner", "last_used_before"] as const;

for (const { query, terms } of [
  { query: "", terms: {} },
  { query: "owner:me", terms: { owner: "me" } },
  { query: "Dev  Box owner:ANN", terms: { name: "dev box", owner: "ann" } },
  { query: 'last_used_before:"2026-01-01T00:00:00Z"', terms: { last_used_before: "2026-01-01t00:00:00z" } },
  { query: 'name:"two words"', terms: { name: "two words" } },
  { query: "ann/dev", terms: { name: "ann/dev" } },
]) {
  test(`reads ${query || "an empty query"}`, () => expect(parseSearch(query, "name", KEYS)).toEqual(terms));
}

for (const { query, field } of [
  { query: "owner:", field: "q" },
  { query: ":me", field: "q" },
  { query: "owner:a:b", field: "q" },
  { query: "colour:red", field: "colour" },
  { query: "owner:a owner:b", field: "owner" },
  { query: "constructor:x", field: "constructor" },
]) {
  test(`refuses ${query} and names ${field}`, () => {
    expect(() => parseSearch(query, "name", KEYS)).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ field })] }));
  });
}

test("true and false are the only booleans", () => {
  expect([searchBoolean("x", "true"), searchBoolean("x", "false")]).toEqual([true, false]);
  expect(() => searchBoolean("x", "1")).toThrow("invalid values");
});
