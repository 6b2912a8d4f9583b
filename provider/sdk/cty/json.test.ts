import fc from "fast-check";
import { expect, test } from "vitest";
import { typedValue } from "./arbitrary.ts";
import { parseDecimal } from "./decimal.ts";
import { decodeJson, encodeJson } from "./json.ts";
import { BOOL, type CtyType, DYNAMIC, list, map, NUMBER, object, STRING, tuple } from "./type.ts";
import { boolValue, fingerprint, NULL, numberValue, objectValue, stringValue, UNKNOWN } from "./value.ts";

test("decoding gives back what was encoded", () => {
  fc.assert(
    fc.property(typedValue({ unknowns: false }), ({ type, value }) => {
      expect(fingerprint(decodeJson(type, encodeJson(type, value)))).toBe(fingerprint(value));
    }),
    { numRuns: 500 },
  );
});

for (const digits of ["9007199254740993", "123456789012345678901234567890.000000000000000000001", "-0.1"]) {
  test(`keeps every digit of ${digits}`, () => {
    expect(decodeJson(NUMBER, digits)).toEqual(numberValue(parseDecimal(digits)));
    expect(encodeJson(NUMBER, numberValue(parseDecimal(digits)))).toBe(digits);
  });
}

test("missing attributes are null; strangers are refused or dropped", () => {
  const type = object([
    ["a", STRING],
    ["b", BOOL],
  ]);
  expect(decodeJson(type, '{"a":"x"}')).toEqual(
    objectValue([
      ["a", stringValue("x")],
      ["b", NULL],
    ]),
  );
  expect(() => decodeJson(type, '{"c":1}')).toThrow('"c" is no attribute');
  expect(() => decodeJson(list(type), '[{"c":1}]')).toThrow("[0]: ");
  expect(fingerprint(decodeJson(type, '{"c":1,"__proto__":{"a":"y"}}', { unknownAttributes: "drop" }))).toBe('{"a":null,"b":null}');
});

test("a scalar of another kind is taken where Terraform takes it", () => {
  expect(decodeJson(STRING, "1.50")).toEqual(stringValue("1.5"));
  expect(decodeJson(STRING, "true")).toEqual(stringValue("true"));
  expect(decodeJson(NUMBER, '"12"')).toEqual(numberValue(parseDecimal("12")));
  expect(decodeJson(BOOL, '"false"')).toEqual(boolValue(false));
  expect(() => decodeJson(BOOL, '"no"')).toThrow('not a "bool"');
  expect(() => decodeJson(tuple([BOOL]), "[]")).toThrow("value: not a");
  expect(() => decodeJson(list(NUMBER), '[1,"one"]')).toThrow("[1]: not a number");
});

test("text that is no JSON is refused without being shown", () => {
  for (const text of ['{"token":secret}', '{"token":"secret"', '{"token":"secret",}', '"secret" 1', "secret"]) {
    expect(() => decodeJson(object([["token", STRING]]), text)).toThrow(/^not valid JSON( at position \d+)?$/);
  }
});

test("a dynamic value brings its type along", () => {
  expect(encodeJson(DYNAMIC, { kind: "dynamic", type: map(NUMBER), value: { kind: "map", entries: new Map() } })).toBe(
    '{"value":{},"type":["map","number"]}',
  );
});

test("refuses what JSON has not", () => {
  const infinity = numberValue("Infinity" as never);
  expect(() => encodeJson(list(STRING), { kind: "list", items: [UNKNOWN] })).toThrow("[0]: JSON has no unknowns");
  expect(() => encodeJson(NUMBER, infinity)).toThrow("JSON has no infinity");
  expect(() => encodeJson(STRING as CtyType, boolValue(true))).toThrow("bool where");
});
