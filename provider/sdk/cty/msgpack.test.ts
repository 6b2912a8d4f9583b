import { decode as decodeWithLibrary, ExtData } from "@msgpack/msgpack";
import fc from "fast-check";
import { expect, test } from "vitest";
import { typedValue } from "./arbitrary.ts";
import { decimalOf, parseDecimal } from "./decimal.ts";
import { decodeMsgpack, encodeMsgpack } from "./msgpack.ts";
import { BOOL, type CtyType, DYNAMIC, formatType, list, map, NUMBER, object, STRING, set, tuple } from "./type.ts";
import { boolValue, fingerprint, NULL, numberValue, objectValue, stringValue, UNKNOWN, type Value } from "./value.ts";

const number = (text: string): Value => numberValue(parseDecimal(text));
const text = stringValue;

/** One row a type and form: what stands on the wire between Terraform and a provider. */
const vectors: { what: string; type: CtyType; value: Value; hex: string }[] = [
  { what: "a string", type: STRING, value: text("hi"), hex: "a26869" },
  { what: "an empty string", type: STRING, value: text(""), hex: "a0" },
  { what: "a string of 32 bytes", type: STRING, value: text("a".repeat(32)), hex: `d920${"61".repeat(32)}` },
  { what: "a string of 256 bytes", type: STRING, value: text("a".repeat(256)), hex: `da0100${"61".repeat(256)}` },
  { what: "a string of 65536 bytes", type: STRING, value: text("a".repeat(65536)), hex: `db00010000${"61".repeat(65536)}` },
  { what: "true", type: BOOL, value: boolValue(true), hex: "c3" },
  { what: "false", type: BOOL, value: boolValue(false), hex: "c2" },
  { what: "5", type: NUMBER, value: number("5"), hex: "05" },
  { what: "127", type: NUMBER, value: number("127"), hex: "7f" },
  { what: "128", type: NUMBER, value: number("128"), hex: "cc80" },
  { what: "256", type: NUMBER, value: number("256"), hex: "cd0100" },
  { what: "65536", type: NUMBER, value: number("65536"), hex: "ce00010000" },
  { what: "2^32", type: NUMBER, value: number("4294967296"), hex: "cf0000000100000000" },
  { what: "2^53 + 1", type: NUMBER, value: number("9007199254740993"), hex: "cf0020000000000001" },
  { what: "2^63 - 1", type: NUMBER, value: number("9223372036854775807"), hex: "cf7fffffffffffffff" },
  { what: "2^63 as text", type: NUMBER, value: number("9223372036854775808"), hex: `b3${hex("9223372036854775808")}` },
  { what: "-1", type: NUMBER, value: number("-1"), hex: "ff" },
  { what: "-33", type: NUMBER, value: number("-33"), hex: "d0df" },
  { what: "-129", type: NUMBER, value: number("-129"), hex: "d1ff7f" },
  { what: "-32769", type: NUMBER, value: number("-32769"), hex: "d2ffff7fff" },
  { what: "-2^63", type: NUMBER, value: number("-9223372036854775808"), hex: "d38000000000000000" },
  { what: "a half", type: NUMBER, value: number("0.5"), hex: "cb3fe0000000000000" },
  { what: "a tenth as text", type: NUMBER, value: number("0.1"), hex: `a3${hex("0.1")}` },
  { what: "infinity", type: NUMBER, value: numberValue(decimalOf(Infinity)), hex: "cb7ff0000000000000" },
  { what: "a list", type: list(STRING), value: { kind: "list", items: [text("a"), NULL] }, hex: "92a161c0" },
  { what: "an empty list", type: list(STRING), value: { kind: "list", items: [] }, hex: "90" },
  { what: "a set", type: set(NUMBER), value: { kind: "set", items: [number("1"), number("2")] }, hex: "920102" },
  { what: "a tuple", type: tuple([STRING, BOOL]), value: { kind: "tuple", items: [text("a"), boolValue(true)] }, hex: "92a161c3" },
  {
    what: "a map, keys sorted, also those that JavaScript's objects know",
    type: map(NUMBER),
    value: { kind: "map", entries: new Map(["constructor", "__proto__", "a"].map((key, n) => [key, number(String(n))])) },
    hex: `83a9${hex("__proto__")}01a1${hex("a")}02ab${hex("constructor")}00`,
  },
  {
    what: "an object, what is not set being nil",
    type: object([
      ["b", BOOL],
      ["a", STRING],
    ]),
    value: objectValue([
      ["a", NULL],
      ["b", boolValue(true)],
    ]),
    hex: "82a161c0a162c3",
  },
  {
    what: "a dynamic value",
    type: DYNAMIC,
    value: { kind: "dynamic", type: STRING, value: text("x") },
    hex: `92c408${hex('"string"')}a178`,
  },
  { what: "a dynamic null of a type", type: DYNAMIC, value: { kind: "dynamic", type: BOOL, value: NULL }, hex: `92c406${hex('"bool"')}c0` },
  {
    what: "a dynamic unknown of a type",
    type: DYNAMIC,
    value: { kind: "dynamic", type: BOOL, value: UNKNOWN },
    hex: `92c406${hex('"bool"')}d40000`,
  },
  { what: "null", type: STRING, value: NULL, hex: "c0" },
  { what: "a null object", type: object([]), value: NULL, hex: "c0" },
  { what: "an unknown string", type: STRING, value: UNKNOWN, hex: "d40000" },
  { what: "an unknown dynamic", type: DYNAMIC, value: UNKNOWN, hex: "d40000" },
  {
    what: "an unknown that is not null",
    type: STRING,
    value: { kind: "unknown", refinement: Buffer.from("8101c2", "hex") },
    hex: "c7030c8101c2",
  },
  {
    what: "an unknown string with a known prefix",
    type: STRING,
    value: { kind: "unknown", refinement: Buffer.from("8201c202a7687474703a2f2f", "hex") },
    hex: "c70c0c8201c202a7687474703a2f2f",
  },
  {
    what: "an unknown list of two or more",
    type: list(STRING),
    value: { kind: "unknown", refinement: Buffer.from("81050281", "hex") },
    hex: "d60c81050281",
  },
];

for (const { what, type, value, hex: bytes } of vectors) {
  test(`${what} has the bytes that Terraform writes`, () => {
    expect(Buffer.from(encodeMsgpack(type, value)).toString("hex")).toBe(bytes);
    expect(decodeMsgpack(type, Buffer.from(bytes, "hex"))).toEqual(value);
  });
}

for (const { what, type, bytes, value } of [
  { what: "a number as text with an exponent", type: NUMBER, bytes: `a4${hex("12e3")}`, value: number("12000") },
  { what: "a 32-bit float, all its digits", type: NUMBER, bytes: "ca3dcccccd", value: number("0.100000001490116119384765625") },
  { what: "an unsigned 64-bit integer", type: NUMBER, bytes: "cfffffffffffffffff", value: number("18446744073709551615") },
  { what: "an unknown of an extension that nobody has defined", type: STRING, bytes: "c70363abcdef", value: UNKNOWN },
  {
    what: "a long array",
    type: list(BOOL),
    bytes: `dc0010${"c3".repeat(16)}`,
    value: { kind: "list", items: Array(16).fill(boolValue(true)) },
  },
  {
    what: "an object in any order",
    type: object([
      ["a", BOOL],
      ["b", BOOL],
    ]),
    bytes: "82a162c3a161c2",
    value: objectValue([
      ["b", boolValue(true)],
      ["a", boolValue(false)],
    ]),
  },
  {
    what: "an object that is in order to its middle",
    type: object(["a", "b", "c"].map((name) => [name, BOOL] as const)),
    bytes: "83a161c3a163c2a162c0",
    value: objectValue([
      ["a", boolValue(true)],
      ["b", NULL],
      ["c", boolValue(false)],
    ]),
  },
  {
    what: "an object with a long name",
    type: object([["n".repeat(40), BOOL]]),
    bytes: `81d928${hex("n".repeat(40))}c3`,
    value: objectValue([["n".repeat(40), boolValue(true)]]),
  },
] as { what: string; type: CtyType; bytes: string; value: Value }[]) {
  test(`reads ${what}`, () => expect(fingerprint(decodeMsgpack(type, Buffer.from(bytes, "hex")))).toBe(fingerprint(value)));
}

for (const { what, type, bytes, message } of [
  {
    what: "a string where a bool stands",
    type: object([["on", BOOL]]),
    bytes: `81a2${hex("on")}a178`,
    message: '.on: str where the type is "bool"',
  },
  { what: "an attribute that the object has not", type: object([["a", BOOL]]), bytes: "81a162c3", message: 'value: "b" is no attribute' },
  { what: "an object that lacks an attribute", type: object([["a", BOOL]]), bytes: "80", message: "value: 0 attributes of the 1" },
  {
    what: "an attribute that stands twice",
    type: object(["a", "b"].map((name) => [name, BOOL] as const)),
    bytes: "82a161c3a161c3",
    message: "value: 1 attributes of the 2",
  },
  { what: "an object that ends within a name", type: object([["abc", BOOL]]), bytes: "81a36162", message: "ends 1 bytes too early" },
  { what: "a map that claims more than there is", type: map(BOOL), bytes: "df7fffffff", message: "too early" },
  { what: "a tuple of the wrong length", type: tuple([BOOL]), bytes: "92c3c3", message: "value: array of 2" },
  { what: "a key that is no string", type: map(BOOL), bytes: "8101c3", message: "value: a key is int" },
  { what: "a number that is none", type: NUMBER, bytes: `a3${hex("0x1")}`, message: "not a number" },
  { what: "an end too early", type: STRING, bytes: "a3616", message: "ends 2 bytes too early" },
  { what: "bytes left over", type: BOOL, bytes: "c3c3", message: "left over" },
  { what: "a byte that starts nothing", type: BOOL, bytes: "c1", message: "0xc1" },
  { what: "an array that claims more than there is", type: list(BOOL), bytes: "dd7fffffff", message: "too early" },
] as { what: string; type: CtyType; bytes: string; message: string }[]) {
  test(`refuses ${what}`, () => expect(() => decodeMsgpack(type, Buffer.from(bytes, "hex"))).toThrow(message));
}

test("decoding gives back what was encoded, and encoding the same bytes", () => {
  fc.assert(
    fc.property(typedValue({ unknowns: true }), ({ type, value }) => {
      const bytes = Buffer.from(encodeMsgpack(type, value));
      const decoded = decodeMsgpack(type, bytes);
      expect(fingerprint(decoded)).toBe(fingerprint(value));
      expect(Buffer.from(encodeMsgpack(type, decoded)).equals(bytes)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("another implementation of MessagePack reads the same", () => {
  fc.assert(
    fc.property(typedValue({ unknowns: true }), ({ type, value }) => {
      const bytes = encodeMsgpack(type, value);
      // The library refuses these keys wherever they stand, which is why the codec is our own.
      fc.pre(!/constructor|__proto__|prototype/.test(fingerprint(value)));
      expect(plain(decodeWithLibrary(bytes, { useBigInt64: true }))).toEqual(plainValue(value));
    }),
  );
});

/** What the library gives for a value, with integers of every size as text. */
function plainValue(value: Value): unknown {
  switch (value.kind) {
    case "null":
      return null;
    case "unknown":
      return value.refinement === undefined ? [0, "00"] : [12, Buffer.from(value.refinement).toString("hex")];
    case "number":
      return plain(decodeWithLibrary(encodeMsgpack(NUMBER, value), { useBigInt64: true }));
    case "list":
    case "set":
    case "tuple":
      return value.items.map(plainValue);
    case "map":
    case "object":
      return new Map([...value.entries].map(([key, item]) => [key, plainValue(item)]));
    case "dynamic":
      return [Buffer.from(formatType(value.type)).toString("hex"), plainValue(value.value)];
    default:
      return value.value;
  }
}

function plain(decoded: unknown): unknown {
  if (decoded instanceof ExtData) return [decoded.type, Buffer.from(decoded.data as Uint8Array).toString("hex")];
  if (decoded instanceof Uint8Array) return Buffer.from(decoded).toString("hex");
  if (Array.isArray(decoded)) return decoded.map(plain);
  if (typeof decoded === "object" && decoded !== null) return new Map(Object.entries(decoded).map(([key, item]) => [key, plain(item)]));
  return typeof decoded === "number" || typeof decoded === "bigint" ? String(decoded) : decoded;
}

function hex(ascii: string): string {
  return Buffer.from(ascii).toString("hex");
}
