import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStringList } from "./string-list.ts";

for (const { text, list } of [
  { text: "[]", list: [] },
  { text: "null", list: [] },
  { text: ' \t\n["a" , null]\r', list: ["a", ""] },
  { text: '["\\u00e9\\ud83d\\ude00"]', list: ["é😀"] },
  { text: '["\\ud83d"]', list: ["\ufffd"] },
]) {
  test(`reads ${JSON.stringify(text)}`, () => expect(parseStringList(text)).toEqual(list));
}

for (const text of [
  "",
  "a",
  '"a"',
  "1",
  "{}",
  "[1]",
  "[true]",
  '[["a"]]',
  "['a']",
  '["a",]',
  '["a"] []',
  '["a"',
  '["\t"]',
  "\ufeff[]",
  "[".repeat(1_000_000),
])
  test(`does not read ${JSON.stringify(text.slice(0, 20))}`, () => expect(parseStringList(text)).toBeUndefined());

test("reads back every list that was written", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom(...'a,[]"\\\0\n\t\u007fé\u2028\ufeff😀') }), { maxLength: 8 }), (list) => {
      expect(parseStringList(JSON.stringify(list))).toEqual(list);
    }),
  );
});
