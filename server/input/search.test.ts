import { expect, test } from "vitest";
import { parseSearch, searchBoolean, searchTime, searchValues } from "./search.ts";

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

test("a key whose values are a list may be repeated, or contain commas", () => {
  for (const query of ["name:a,b", "name:a name:b", 'name:a  name:"b"'])
    expect(parseSearch(query, "owner", KEYS, ["name"])).toEqual({ name: "a,b" });
  expect(() => parseSearch("owner:a owner:b", "name", KEYS, ["name"])).toThrow();
  expect(searchValues("name", "a,b,a", ["a", "b"])).toEqual(["a", "b", "a"]);
  for (const value of ["c", "a,c", "a,", ",a", "A"]) expect(() => searchValues("name", value, ["a", "b"])).toThrow();
});

for (const { text, time } of [
  { text: "2026-01-31t12:00:00z", time: "2026-01-31T12:00:00.000Z" },
  { text: "2026-01-31T12:00:00.123456789Z", time: "2026-01-31T12:00:00.123Z" },
  { text: "2026-01-31t12:00:00+02:00", time: "2026-01-31T10:00:00.000Z" },
]) {
  test(`reads the time ${text}`, () => expect(searchTime("created_before", text).toISOString()).toBe(time));
}

for (const text of ["yesterday", "2026-01-31", "2026-01-31T12:00:00", "2026-13-01T00:00:00Z", "2026-01-31T25:00:00Z", "1769860800", ""]) {
  test(`${JSON.stringify(text)} is not a time`, () => {
    const wanted = expect.objectContaining({ fields: [expect.objectContaining({ field: "created_before" })] });
    expect(() => searchTime("created_before", text)).toThrow(wanted);
  });
}

test("splitting a term takes time linear in its length", () => {
  // Looking ahead from each colon took minutes for this term.
  expect(() => parseSearch(":".repeat(200_000), "name", KEYS)).toThrow("invalid values");
  expect(parseSearch(`name:"${":".repeat(200_000)}"`, "name", KEYS).name).toHaveLength(200_000);
});
