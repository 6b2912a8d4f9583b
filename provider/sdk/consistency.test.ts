import type { MessageInitShape } from "@bufbuild/protobuf";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { AttributePath_StepSchema, type Schema_Block } from "#proto/gen/tfplugin6_pb.js";
import {
  finalPlanViolations,
  planViolations,
  type Rule,
  replaces,
  replaceViolations,
  resultViolations,
  type Strictness,
  stateViolations,
} from "./consistency.ts";
import { NULL, stringValue, type Value } from "./cty/value.ts";
import { fromJson } from "./fake-host.ts";
import { computed, optional, optionalComputed, required } from "./schema/attribute.ts";
import { block, listBlock, setBlock, singleBlock, typeOf } from "./schema/block.ts";
import { toProtoSchema } from "./schema/to-proto.ts";
import { int, listOf, mapOf, setOf, string } from "./schema/value-type.ts";

const schema = block({
  attributes: {
    id: computed(string),
    name: required(string),
    size: optional(int),
    label: optionalComputed(string),
    tags: optional(mapOf(string)),
    aliases: optional(listOf(string)),
    groups: optional(setOf(string)),
  },
  blocks: {
    part: listBlock({ attributes: { kind: required(string), serial: computed(string) } }),
    port: setBlock({ attributes: { number: required(int), open: optionalComputed(string) } }),
    limits: singleBlock({ attributes: { most: required(int), least: computed(int) } }),
  },
});
const type = typeOf(schema);
const proto: Schema_Block = toProtoSchema(schema, 0, "strict").block ?? expect.unreachable();

type Json = Readonly<Record<string, unknown>>;

const U = "(unknown)";
const value = (json: Json | null): Value => fromJson(type, json);
const named = (json: Json = {}): Json => ({ name: "n", ...json });

interface PlanCase {
  readonly what: string;
  readonly rule: Rule;
  readonly config: Json | null;
  readonly prior?: Json;
  readonly breaks: Json | null;
  readonly keeps: Json | null;
}

const plans: readonly PlanCase[] = [
  { what: "a configured value stays", rule: "changed", config: named(), breaks: { name: "N" }, keeps: named() },
  { what: "a configured value is not made unknown", rule: "changed", config: named(), breaks: { name: U }, keeps: named() },
  { what: "an unknown one stays unknown", rule: "changed", config: { name: U }, breaks: named(), keeps: { name: U } },
  {
    what: "a configured value becomes the prior one and no other",
    rule: "changed",
    config: { name: "A" },
    prior: { name: "a" },
    breaks: { name: "b" },
    keeps: { name: "a" },
  },
  {
    what: "an unknown one becomes the prior one and no other",
    rule: "changed",
    config: { name: U },
    prior: { name: "a" },
    breaks: { name: "b" },
    keeps: { name: "a" },
  },
  { what: "an empty list is not null", rule: "changed", config: named({ aliases: [] }), breaks: named(), keeps: named({ aliases: [] }) },
  { what: "an empty map is not null", rule: "changed", config: named({ tags: {} }), breaks: named(), keeps: named({ tags: {} }) },
  {
    what: "a null in a map stays",
    rule: "changed",
    config: named({ tags: { a: null } }),
    breaks: named({ tags: {} }),
    keeps: named({ tags: { a: null } }),
  },
  {
    what: "an optional value is not made up",
    rule: "unasked",
    config: named(),
    breaks: named({ size: 1 }),
    keeps: named({ label: "made up" }),
  },
  { what: "an optional value is not left open", rule: "unasked", config: named(), breaks: named({ size: U }), keeps: named({ label: U }) },
  {
    what: "what is no longer configured goes",
    rule: "unasked",
    config: named(),
    prior: named({ size: 1 }),
    breaks: named({ size: 1 }),
    keeps: named(),
  },
  {
    what: "a configured value wins over a computed one",
    rule: "changed",
    config: named({ label: "l" }),
    breaks: named({ label: U }),
    keeps: named({ label: "l", id: U }),
  },
  { what: "no block is added", rule: "blocks", config: named(), breaks: named({ part: [{ kind: "k" }] }), keeps: named() },
  {
    what: "no block is taken away",
    rule: "blocks",
    config: named({ part: [{ kind: "k" }] }),
    breaks: named(),
    keeps: named({ part: [{ kind: "k" }] }),
  },
  {
    what: "blocks keep their order",
    rule: "changed",
    config: named({ part: [{ kind: "a" }, { kind: "b" }] }),
    breaks: named({ part: [{ kind: "b" }, { kind: "a" }] }),
    keeps: named({
      part: [
        { kind: "a", serial: U },
        { kind: "b", serial: "s" },
      ],
    }),
  },
  {
    what: "known blocks are not unknown as a whole",
    rule: "blocks",
    config: named(),
    breaks: named({ part: U }),
    keeps: named({ part: [] }),
  },
  { what: "unknown blocks are", rule: "blocks", config: named({ part: U }), breaks: named({ part: [] }), keeps: named({ part: U }) },
  {
    what: "a set of blocks is not unknown as a whole",
    rule: "blocks",
    config: named(),
    breaks: named({ port: U }),
    keeps: named({ port: [] }),
  },
  {
    what: "no block of a set is unknown as a whole",
    rule: "blocks",
    config: named({ port: [{ number: 1 }] }),
    breaks: named({ port: [U] }),
    keeps: named({ port: [{ number: 1, open: U }] }),
  },
  {
    what: "a single block is there if it is configured",
    rule: "blocks",
    config: named({ limits: { most: 1 } }),
    breaks: named(),
    keeps: named({ limits: { most: 1, least: U } }),
  },
  { what: "a single block is not made up", rule: "blocks", config: named(), breaks: named({ limits: { most: 1 } }), keeps: named() },
  {
    what: "a single block holds what is configured",
    rule: "changed",
    config: named({ limits: { most: 1 } }),
    breaks: named({ limits: { most: 2 } }),
    keeps: named({ limits: { most: 1 } }),
  },
  { what: "something is planned for something configured", rule: "presence", config: named(), breaks: null, keeps: named() },
  { what: "nothing is planned for what is to go", rule: "presence", config: null, breaks: named(), keeps: null },
];

describe("in a plan", () => {
  for (const { what, rule, config, prior = null, breaks, keeps } of plans)
    test(what, () => {
      const rules = (planned: Json | null, strictness: Strictness) =>
        planViolations(proto, type, { prior: value(prior), config: value(config), planned: value(planned) }, strictness).map(
          (one) => one.rule,
        );
      expect(new Set(rules(breaks, "strict"))).toEqual(new Set([rule]));
      expect(rules(keeps, "strict")).toEqual([]);
      expect(rules(breaks, "legacy")).toEqual(rule === "presence" ? ["presence"] : []);
    });

  test("no blocks are an empty list, not null", () => {
    const planned = withPart(value(named()), "part", NULL);
    const change = { prior: NULL, config: value(named()), planned };
    expect(planViolations(proto, type, change, "strict")).toMatchObject([{ rule: "blocks", at: "part" }]);
  });

  test("says where", () => {
    const change = { prior: NULL, config: value(named({ part: [{ kind: "k" }] })), planned: value(named({ part: [{ kind: "x" }] })) };
    expect(planViolations(proto, type, change, "strict")).toEqual([
      { rule: "changed", at: "part[0].kind", problem: 'planned "x", configured "k", before null' },
    ]);
  });
});

interface ResultCase {
  readonly what: string;
  readonly planned: Json | null;
  readonly breaks: Json | null;
  readonly keeps: Json | null;
  readonly rule?: Rule;
}

const results: readonly ResultCase[] = [
  { what: "a planned value stays", planned: named(), breaks: { name: "N" }, keeps: named() },
  { what: "to the last digit", planned: named({ size: 1 }), breaks: named({ size: 2 }), keeps: named({ size: 1 }) },
  { what: "a planned null stays", planned: named(), breaks: named({ size: 0 }), keeps: named() },
  {
    what: "an unknown becomes anything",
    planned: named({ id: U, size: 1 }),
    breaks: named({ id: "i" }),
    keeps: named({ id: null, size: 1 }),
  },
  {
    what: "no key of a map vanishes",
    planned: named({ tags: { a: "1" } }),
    breaks: named({ tags: {} }),
    keeps: named({ tags: { a: "1" } }),
  },
  { what: "no key of a map appears", planned: named({ tags: {} }), breaks: named({ tags: { a: "1" } }), keeps: named({ tags: {} }) },
  {
    what: "no element of a list appears",
    planned: named({ aliases: [U] }),
    breaks: named({ aliases: ["a", "b"] }),
    keeps: named({ aliases: ["a"] }),
  },
  {
    what: "no element of a list vanishes",
    planned: named({ aliases: [U, "b"] }),
    breaks: named({ aliases: ["b"] }),
    keeps: named({ aliases: ["a", "b"] }),
  },
  {
    what: "elements of a set stay",
    planned: named({ groups: ["a", U] }),
    breaks: named({ groups: ["b"] }),
    keeps: named({ groups: ["a", "b"] }),
  },
  {
    what: "a set grows not",
    planned: named({ groups: ["a", U] }),
    breaks: named({ groups: ["a", "b", "c"] }),
    keeps: named({ groups: ["a"] }),
  },
  {
    what: "no element of a set is made up",
    planned: named({ groups: ["a"] }),
    breaks: named({ groups: ["a", "b"] }),
    keeps: named({ groups: ["a"] }),
  },
  { what: "no block appears", planned: named(), breaks: named({ part: [{ kind: "k" }] }), keeps: named() },
  {
    what: "no block vanishes",
    planned: named({ part: [{ kind: "k", serial: U }] }),
    breaks: named(),
    keeps: named({ part: [{ kind: "k", serial: "s" }] }),
  },
  {
    what: "unknown blocks become any",
    planned: named({ part: U, size: 1 }),
    breaks: named({ part: [], size: null }),
    keeps: named({ part: [{ kind: "k" }, { kind: "l" }], size: 1 }),
  },
  {
    what: "blocks of a set stay",
    planned: named({ port: [{ number: 1, open: U }] }),
    breaks: named({ port: [{ number: 2, open: "x" }] }),
    keeps: named({ port: [{ number: 1, open: "x" }] }),
  },
  {
    what: "a set of blocks grows not",
    planned: named({ port: [{ number: 1, open: U }] }),
    breaks: named({
      port: [
        { number: 1, open: "x" },
        { number: 1, open: "y" },
      ],
    }),
    keeps: named({ port: [{ number: 1, open: null }] }),
  },
  {
    what: "a single block stays",
    planned: named({ limits: { most: 1, least: U } }),
    breaks: named(),
    keeps: named({ limits: { most: 1, least: 0 } }),
  },
  { what: "a single block is not made up", planned: named(), breaks: named({ limits: { most: 1 } }), keeps: named() },
  { what: "what was planned is there", planned: named(), breaks: null, keeps: named(), rule: "presence" },
  { what: "what was to go is gone", planned: null, breaks: named(), keeps: null, rule: "presence" },
  { what: "nothing stays open", planned: named({ id: U }), breaks: named({ id: U }), keeps: named({ id: "i" }), rule: "unknown" },
  {
    what: "nothing stays open in blocks either",
    planned: named({ part: U }),
    breaks: named({ part: [{ kind: U }] }),
    keeps: named(),
    rule: "unknown",
  },
];

describe("in a result", () => {
  for (const { what, planned, breaks, keeps, rule = "result" } of results)
    test(what, () => {
      const rules = (result: Json | null, strictness: Strictness) =>
        resultViolations(proto, type, value(planned), value(result), strictness).map((one) => one.rule);
      expect(new Set(rules(breaks, "strict"))).toEqual(new Set([rule]));
      expect(rules(keeps, "strict")).toEqual([]);
      expect(new Set(rules(breaks, "legacy"))).toEqual(new Set(rule === "result" ? [] : [rule]));
    });

  test("an unknown becomes what was known of it", () => {
    // {1: false}: not null.
    const planned = withPart(value(named()), "label", { kind: "unknown", refinement: Uint8Array.from([0x81, 0x01, 0xc2]) });
    expect(resultViolations(proto, type, planned, value(named()), "strict")).toMatchObject([{ rule: "result", at: "label" }]);
    expect(resultViolations(proto, type, planned, value(named({ label: "" })), "strict")).toEqual([]);
  });

  test("what was known does not become unknown", () => {
    expect(resultViolations(proto, type, value(named()), value({ name: U }), "strict").map(({ rule }) => rule)).toEqual([
      "unknown",
      "result",
    ]);
    const blocks = resultViolations(proto, type, value(named()), value(named({ part: U })), "strict");
    expect(blocks.map(({ rule }) => rule)).toEqual(["unknown", "result"]);
  });
});

test("the plan that is made when everything is known completes the first one, under legacy rules too", () => {
  const first = value(named({ size: U, part: [{ kind: U, serial: U }] }));
  expect(finalPlanViolations(proto, first, value(named({ size: 1, part: [{ kind: "k", serial: U }] })))).toEqual([]);
  expect(finalPlanViolations(proto, first, value({ name: "N", part: [{ kind: "k" }] }))).toMatchObject([
    { rule: "final-plan", at: "name" },
  ]);
});

test("a state is of its type: a value of another kind, half a character, a missing and a strange attribute", () => {
  expect(stateViolations(type, value(named({ part: [{ kind: "k" }] })))).toEqual([]);
  const { entries } = known(value(named()));
  const lacking: Value = {
    kind: "object",
    entries: new Map([...entries, ["strange", NULL]].filter(([name]) => name !== "size") as [string, Value][]),
  };
  const tag = (text: string): Value => ({ kind: "map", entries: new Map([["a", stringValue(text)]]) });
  for (const { state, at } of [
    { state: withPart(value(named()), "size", stringValue("1")), at: ["size"] },
    { state: withPart(value(named()), "tags", tag("\ud800")), at: ["tags.a"] },
    { state: withPart(value(named()), "aliases", { kind: "set", items: [] }), at: ["aliases"] },
    { state: lacking, at: ["", ""] },
  ])
    expect(stateViolations(type, state).map((violation) => [violation.rule, violation.at])).toEqual(at.map((one) => ["type", one]));
  expect(stateViolations(type, withPart(value(named()), "tags", tag("\ud83d\ude00")))).toEqual([]);
  expect(stateViolations(type, value({ name: U }))).toMatchObject([{ rule: "unknown" }]);
});

test("a path to what makes a new object leads somewhere, not into a set, and counts if the value there differs", () => {
  const [prior, planned] = [value(named({ part: [{ kind: "a" }], port: [{ number: 1 }] })), value(named({ size: 1, tags: { a: "1" } }))];
  const path = (...steps: readonly (string | number | { readonly key: string })[]) => steps.map(step);
  for (const good of [path("size"), path("part", 0, "kind"), path("part", 0), path("port"), path("tags", { key: "a" })])
    expect(replaceViolations([good], prior, planned)).toEqual([]);
  for (const bad of [path("none"), path("part", 1), path("port", 0), path("part", "kind"), path("tags", { key: "b" }), path(0)])
    expect(replaceViolations([bad], prior, planned)).toMatchObject([{ rule: "replace-path" }]);
  expect(replaces([path("name")], prior, planned)).toBe(false);
  expect(replaces([path("name"), path("size")], prior, planned)).toBe(true);
  expect(replaces([path("name")], prior, value({ name: U }))).toBe(true);
  expect(replaces([path("size")], NULL, planned)).toBe(false);
});

function step(of: string | number | { readonly key: string }) {
  const selector: MessageInitShape<typeof AttributePath_StepSchema>["selector"] =
    typeof of === "string"
      ? { case: "attributeName", value: of }
      : typeof of === "number"
        ? { case: "elementKeyInt", value: BigInt(of) }
        : { case: "elementKeyString", value: of.key };
  return create(AttributePath_StepSchema, { selector });
}

function known(of: Value): { readonly entries: ReadonlyMap<string, Value> } {
  return of.kind === "object" ? of : expect.unreachable();
}

function withPart(of: Value, name: string, to: Value): Value {
  return { kind: "object", entries: new Map([...known(of).entries, [name, to]]) };
}
