import fc from "fast-check";
import { expect, test } from "vitest";
import { compactJson, membersOf, plainValue, sourceAt } from "./json-source.ts";

test("splits an object, with every digit of its numbers", () => {
  const text = '{"a": 12345678901234567890.10 , "b\\"}": {"c": [1, {"d": "},"}]},\n"e":[]}';
  expect(membersOf(text)).toEqual([
    ["a", "12345678901234567890.10"],
    ['b"}', '{"c": [1, {"d": "},"}]}'],
    ["e", "[]"],
  ]);
  expect(sourceAt(text, ['b"}', "c"])).toBe('[1, {"d": "},"}]');
  expect(sourceAt(text, ["a", "c"])).toBeUndefined();
  expect(sourceAt('{"a": 1, "a": 2}', ["a"])).toBe("2");
});

test("takes a list of objects for repeated blocks", () => {
  expect(membersOf('[{"a": [{"x": 1}]}, 7, [{"no": 1}], {"a": 2, "b": {}}]')).toEqual([
    ["a", '[{"x": 1}]'],
    ["a", "2"],
    ["b", "{}"],
  ]);
  for (const text of ["1", '"{\\"a\\": 1}"', "[]", "{}", "null"]) expect(membersOf(text)).toEqual([]);
});

for (const { source, value } of [
  { source: '"a\\u003cb"', value: "a<b" },
  { source: "null", value: "" },
  { source: '""', value: "" },
  { source: " [ 1 , 1e400, -0.10 ] ", value: "[1,1e400,-0.10]" },
  { source: '{"a" : "\\u003c", "b": null}', value: '{"a":"<","b":null}' },
]) {
  test(`${source} is shown as ${JSON.stringify(value)}`, () => expect(plainValue(source)).toBe(value));
}

test("says the same as JSON.parse of every object", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      expect(Object.fromEntries(membersOf(text).map(([name, source]) => [name, JSON.parse(source)]))).toEqual(JSON.parse(text));
      expect(compactJson(text)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test("comes through a value that nests deeper than the call stack", () => {
  const deep = `${"[".repeat(100_000)}1${"]".repeat(100_000)}`;
  expect(sourceAt(`{"a": {"b": ${deep}}}`, ["a", "b"])).toBe(deep);
  expect(plainValue(deep)).toBe(deep);
});
