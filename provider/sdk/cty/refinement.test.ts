import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { parseDecimal } from "./decimal.ts";
import { satisfies } from "./refinement.ts";
import { boolValue, NULL, numberValue, stringValue, UNKNOWN, type Value } from "./value.ts";

const number = (text: string) => numberValue(parseDecimal(text));
const list = (length: number): Value => ({ kind: "list", items: Array.from({ length }, () => NULL) });

for (const { what, facts, becomes, not } of [
  { what: "not null", facts: [[1, false]], becomes: stringValue(""), not: NULL },
  { what: "a text that begins with e\u0301, in any form", facts: [[2, "\u00e9"]], becomes: stringValue("e\u0301x"), not: stringValue("e") },
  {
    what: "a number from 2^53 + 1",
    facts: [[3, ["9007199254740993", true]]],
    becomes: number("9007199254740993"),
    not: number("9007199254740992"),
  },
  { what: "a number above 1", facts: [[3, [1, false]]], becomes: number("1.0000000000000000000001"), not: number("1") },
  { what: "a number up to -0.5", facts: [[4, [-0.5, true]]], becomes: number("-0.5"), not: number("-0.4999999999999999999999999") },
  { what: "two elements or more", facts: [[5, 2]], becomes: list(2), not: list(1) },
  { what: "two elements or fewer", facts: [[6, 2]], becomes: list(2), not: list(3) },
  {
    what: "both of two facts",
    facts: [
      [5, 1],
      [6, 1],
    ],
    becomes: list(1),
    not: list(0),
  },
] as { what: string; facts: [number, unknown][]; becomes: Value; not: Value }[])
  test(`an unknown known to be ${what} becomes that and nothing else`, () => {
    const refinement = encodeFacts(facts);
    expect(satisfies(becomes, refinement)).toBe(true);
    expect(satisfies(not, refinement)).toBe(false);
    expect(satisfies(UNKNOWN, refinement)).toBe(true);
  });

test("null is what an unknown may become unless it is known not to", () => expect(satisfies(NULL, encodeFacts([[2, "x"]]))).toBe(true));

test("a fact of another kind of value, or of a later Terraform, says nothing", () => {
  expect(satisfies(boolValue(true), encodeFacts([[2, "x"]]))).toBe(true);
  expect(satisfies(boolValue(true), encodeFacts([[99, "x"]]))).toBe(true);
});

test("bytes that are no refinement are refused", () => {
  for (const bytes of [[], [0xc0], [0x81, 0xa1, 0x61, 0xc2], [0x81, 3, 0x92, 0xc0, 0xc2], [0x81, 3]])
    expect(() => satisfies(boolValue(true), Uint8Array.from(bytes))).toThrow(SyntaxError);
});

/** A map with numbers for keys, which the library's encoder would write as texts. */
function encodeFacts(facts: readonly (readonly [number, unknown])[]): Uint8Array {
  return Buffer.concat([Buffer.from([0x80 | facts.length]), ...facts.flatMap((fact) => fact.map((one) => encode(one)))]);
}
