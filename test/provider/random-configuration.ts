/** Configurations at random for property tests, made from the schemas of a provider. */
import fc from "fast-check";
import { type Decimal, parseDecimal, toNumber } from "#provider/sdk/cty/decimal.ts";
import type { CtyType } from "#provider/sdk/cty/type.ts";
import { boolValue, distinct, NULL, numberValue, stringValue, UNKNOWN, type Value } from "#provider/sdk/cty/value.ts";
import type { Attribute } from "#provider/sdk/schema/attribute.ts";
import type { BlockSchema, NestedBlock } from "#provider/sdk/schema/block.ts";
import { fromCty } from "#provider/sdk/schema/value-type.ts";

/** A configuration as it is known while the plan is made, and as it turns out to be. */
export interface Configuration {
  readonly early: Value;
  readonly final: Value;
}

/** That it is not null is all that is known: the map {1: false}. */
const SOMETHING: Value = { kind: "unknown", refinement: Uint8Array.from([0x81, 0x01, 0xc2]) };

/** What attributes of Terraform's providers like to be; the schema's validators choose among them. */
const WORDS = [
  ...["", "0", "1", "5", "-1", "true", "false", "null", "[]", '["a"]', '["a","a"]', "{}", "a", "b", "main", "NAME", "_x", "a.b", "a b"],
  ...["linux", "windows", "darwin", "amd64", "arm64", "armv7", "token", "aws-instance-identity", "blocking", "non-blocking"],
  ...["all", "no_user_data", "owner", "authenticated", "public", "organization", "window", "tab", "slim-window"],
  ...[
    "string",
    "number",
    "bool",
    "list(string)",
    "radio",
    "slider",
    "input",
    "dropdown",
    "switch",
    "multi-select",
    "increasing",
    "decreasing",
  ],
  ...["https://example.com/a?b#c", "/icon/x.svg", "http://[::1]:80", "http://a b", "%zz", "/home", "~/x", "relative/path"],
  ...["7b9d2f6e-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000"],
  ...[
    "* * * * *",
    "0 0 9 * * 1-5",
    "* 8-18 * * 1-5",
    "* 9-17 1 1 *",
    "@hourly",
    "@every 90s",
    "UTC",
    "Europe/Berlin",
    "1h",
    "^[a-z]+$",
    "(",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "(unknown)",
    "%",
    "%s {min} {max} {value}",
    "\0",
    "\n",
    "\ufeff",
    "\u202e",
    "\u2028",
    "é",
    "😀",
    "x".repeat(300),
  ],
];

const NUMBERS = [
  ...["0", "1", "-1", "2", "3", "60", "80", "100", "101", "3600", "86400", "31536000", "9007199254740993", "-9223372036854775808"],
  ...["9223372036854775807", "9223372036854775808", "18446744073709551616", "1e30", "1e300", "-1e300", "0.1", "1.5", "-0.5", "1e-300"],
  "0.1000000000000000055511151231257827021181583404541015625",
].map(parseDecimal);

const KEYS = fc.oneof(
  fc.constantFrom("a", "b", "__proto__", "constructor", "0", "", "é", "CODER_X"),
  fc.string({ unit: "binary", maxLength: 8 }),
);

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
);

const anyNumber = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 600n), max: 2n ** 600n }).map((value) => parseDecimal(String(value))) },
  { weight: 1, arbitrary: fc.tuple(fc.bigInt(), fc.nat(400)).map(([digits, exponent]) => parseDecimal(`${digits}e-${exponent}`)) },
);

/** What Terraform would send of this block: required attributes are there, computed ones are not, and there are as many blocks as may be. */
export function configurationOf(schema: BlockSchema): fc.Arbitrary<Configuration> {
  const attributes = Object.entries(schema.attributes).map(([name, attribute]) =>
    attributeOf(attribute).map((value) => [name, value] as const),
  );
  const blocks = Object.entries(schema.blocks).map(([name, nested]) => blocksOf(nested).map((value) => [name, value] as const));
  return fc.tuple(fc.nat(4), ...attributes, ...blocks).map(([draw, ...parts]) => {
    const entries = new Map(parts);
    if (draw > 0) withoutConflicts(schema, entries);
    const at = (time: keyof Configuration): Value => ({
      kind: "object",
      entries: new Map(entries.entries().map(([name, value]) => [name, value[time]])),
    });
    return { early: at("early"), final: at("final") };
  });
}

/** Of things that must not be set together the later one goes, as an author would have it. */
function withoutConflicts({ attributes, blocks }: BlockSchema, entries: Map<string, Configuration>): void {
  for (const [name, { conflictsWith = [] }] of [...Object.entries(attributes), ...Object.entries(blocks)]) {
    const isWritten = ({ final }: Configuration) => !(final.kind === "null" || ("items" in final && final.items.length === 0));
    const [own, other] = [
      entries.get(name),
      conflictsWith.map((one) => entries.get(one)).find((one) => one !== undefined && isWritten(one)),
    ];
    if (own === undefined || other === undefined || !isWritten(own)) continue;
    const none: Value = "items" in own.final && name in blocks ? { kind: own.final.kind, items: [] } : NULL;
    entries.set(name, { early: none, final: none });
  }
}

function attributeOf(attribute: Attribute): fc.Arbitrary<Configuration> {
  if (attribute.mode === "computed") return fc.constant({ early: NULL, final: NULL });
  const given = laterKnown(configuredValue(attribute.type.cty, attribute));
  if (attribute.unconfigurable === true) return fc.oneof({ weight: 50, arbitrary: nothing }, { weight: 1, arbitrary: given });
  return attribute.mode === "required" ? given : fc.oneof({ weight: 2, arbitrary: given }, { weight: 1, arbitrary: laterKnown(nothing) });
}

const nothing = fc.constant<Configuration>({ early: NULL, final: NULL });

/** Now and then a value is one that a plan does not know yet. */
function laterKnown(value: fc.Arbitrary<Configuration>): fc.Arbitrary<Configuration> {
  return fc.tuple(value, fc.nat(24)).map(([{ early, final }, draw]) => {
    if (draw === 24) return { early: UNKNOWN, final };
    return draw === 23 && final.kind !== "null" ? { early: SOMETHING, final } : { early, final };
  });
}

function configuredValue(type: CtyType, attribute?: Attribute): fc.Arbitrary<Configuration> {
  switch (type.kind) {
    case "string":
      // Terraform keeps texts in normal form C.
      return scalar(
        anyText.map((text) => stringValue(text.normalize("NFC"))),
        WORDS.map(stringValue),
        attribute,
      );
    case "number":
      return scalar(anyNumber.map(numberOf), NUMBERS.map(numberOf), attribute);
    case "bool":
      return scalar(fc.boolean().map(boolValue), [], attribute);
    case "list":
    case "set": {
      const { kind } = type;
      return fc.array(element(type.element), { maxLength: 4 }).map((all) => collected(kind, all));
    }
    case "map":
      return fc.array(fc.tuple(KEYS, element(type.element)), { maxLength: 4 }).map((all) => {
        const entries = new Map(all.map(([key, value]) => [key.normalize("NFC"), value]));
        const at = (time: keyof Configuration): Value => ({
          kind: "map",
          entries: new Map([...entries].map(([key, value]) => [key, value[time]])),
        });
        return { early: at("early"), final: at("final") };
      });
    default:
      throw new Error(`no attribute that can be configured has the type ${type.kind}`);
  }
}

function numberOf(value: Decimal): Value {
  return numberValue(value);
}

/** Mostly what the attribute's validators let pass, for else nothing would come past them. */
function scalar(any: fc.Arbitrary<Value>, usual: readonly Value[], attribute: Attribute | undefined): fc.Arbitrary<Configuration> {
  const both = (value: Value): Configuration => ({ early: value, final: value });
  if (attribute === undefined || (attribute.validate === undefined && attribute.type.wholeNumber !== true)) return any.map(both);
  const named = (attribute.validate ?? []).flatMap(({ accepts = "" }) => [...accepts.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word));
  const good = [...usual, ...(attribute.type.cty.kind === "string" ? named.map(stringValue) : [])].filter((value) =>
    passes(attribute, value),
  );
  if (good.length === 0) return any.map(both);
  return fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: any }).map(both);
}

function passes({ type, validate = [] }: Attribute, value: Value): boolean {
  if (type.wholeNumber === true && value.kind === "number" && !Number.isInteger(toNumber(value.value))) return false;
  const js = fromCty(type, value);
  return validate.every(({ check }) => check(js, "x").every(({ severity }) => severity === "warning"));
}

function element(type: CtyType): fc.Arbitrary<Configuration> {
  return laterKnown(fc.oneof({ weight: 6, arbitrary: configuredValue(type) }, { weight: 1, arbitrary: nothing }));
}

function blocksOf({ nesting, schema, minItems = 0, maxItems = 4 }: NestedBlock): fc.Arbitrary<Configuration> {
  const one = configurationOf(schema);
  if (nesting === "single") return fc.oneof(one, nothing);
  const some = fc.array(one, { minLength: minItems, maxLength: Math.min(maxItems, 4) }).map((all) => collected(nesting, all));
  // A dynamic block over what is not known yet.
  return fc.tuple(some, fc.nat(24)).map(([{ early, final }, draw]) => (draw === 24 ? { early: UNKNOWN, final } : { early, final }));
}

function collected(kind: "list" | "set", all: readonly Configuration[]): Configuration {
  const at = (time: keyof Configuration): Value => {
    const items = all.map((one) => one[time]);
    return { kind, items: kind === "list" ? items : distinct(items) };
  };
  return { early: at("early"), final: at("final") };
}
