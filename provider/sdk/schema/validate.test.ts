import { expect, test } from "vitest";
import { decodeJson } from "../cty/json.ts";
import { UNKNOWN, type Value } from "../cty/value.ts";
import { computed, optional, required } from "./attribute.ts";
import { block, checkSchema, computedSetBlock, listBlock, setBlock, singleBlock, typeOf } from "./block.ts";
import { validate } from "./validate.ts";
import { between, lengthBetween, notEmpty, oneOf, uuid } from "./validators.ts";
import { int, string } from "./value-type.ts";

const schema = block({
  attributes: {
    id: optional(string, { validate: [uuid] }),
    name: optional(string, { validate: [notEmpty, lengthBetween(2, 4)] }),
    regex: optional(string, { conflictsWith: ["limits.0.min", "limits.0.max"] }),
  },
  blocks: {
    limits: listBlock(
      {
        attributes: { min: optional(int), max: optional(int, { validate: [between(1, 9)] }) },
        blocks: { deep: setBlock({ blocks: { leaf: listBlock({ attributes: { kind: required(string, { validate: [oneOf("a")] }) } }) } }) },
      },
      { deprecated: "Use bounds.", conflictsWith: ["name"] },
    ),
  },
});

const config = (json: object): Value => decodeJson(typeOf(schema), JSON.stringify({ limits: [], ...json }));
const summaries = (value: Value) => validate(schema, value).map(({ summary, path }) => [summary, path]);

test("names the place in dots, and points into lists but not into sets", () => {
  expect(
    summaries(
      config({
        limits: [
          { max: 3, deep: [] },
          { max: 10, deep: [{ leaf: [{ kind: "b" }] }] },
        ],
      }),
    ),
  ).toEqual([
    ["expected limits.1.max to be in the range (1 - 9), got 10", ["limits", 1, "max"]],
    ['expected limits.1.deep.0.leaf.0.kind to be one of ["a"], got b', ["limits", 1, "deep"]],
    ["Argument is deprecated", ["limits"]],
  ]);
});

test("checks texts", () => {
  expect(summaries(config({ name: "", id: "7B9D2F6E-0000-4000-8000-00000000000A" }))).toEqual([
    ['expected "name" to not be an empty string, got ', ["name"]],
    ["expected length of name to be in the range (2 - 4), got ", ["name"]],
  ]);
  expect(summaries(config({ name: "äöü", id: "{7b9d2f6e}" }))).toEqual([
    ['expected "id" to be a valid UUID, got {7b9d2f6e}', ["id"]],
    ["expected length of name to be in the range (2 - 4), got äöü", ["name"]],
  ]);
});

test("finds conflicts below and above, the first that is set, zero being set too", () => {
  expect(validate(schema, config({ regex: "x", name: "ab", limits: [{ min: 0, max: 5, deep: [] }] }))).toEqual([
    { severity: "error", summary: "Conflicting configuration arguments", detail: '"regex": conflicts with limits.0.min', path: ["regex"] },
    { severity: "error", summary: "Conflicting configuration arguments", detail: '"limits": conflicts with name', path: ["limits"] },
  ]);
  expect(summaries(config({ regex: "x" }))).toEqual([]);
});

test("says nothing more of what conflicts, neither what is wrong in it nor that it is deprecated", () => {
  const conflicting = config({ name: "ab", limits: [{ max: 10, deep: [] }] });
  expect(summaries(conflicting)).toEqual([["Conflicting configuration arguments", ["limits"]]]);
});

test("says nothing about what is not known, and all about what stands beside it", () => {
  const partly = config({ limits: [{ max: 10, deep: [] }], name: "toolong" });
  if (partly.kind !== "object") throw new Error("not an object");
  const limits = partly.entries.get("limits");
  const element = limits?.kind === "list" ? limits.items[0] : undefined;
  if (element?.kind !== "object") throw new Error("not an object");
  const unknownMin: Value = { kind: "list", items: [{ kind: "object", entries: new Map(element.entries).set("min", UNKNOWN) }] };
  const entries = new Map(partly.entries).set("name", UNKNOWN).set("limits", unknownMin).set("regex", UNKNOWN);
  expect(summaries({ kind: "object", entries })).toEqual([
    ["expected limits.0.max to be in the range (1 - 9), got 10", ["limits", 0, "max"]],
  ]);
  expect(summaries({ kind: "object", entries: new Map(partly.entries).set("limits", UNKNOWN).set("name", UNKNOWN) })).toEqual([]);
});

test("a schema that could never work is refused at once, by name", () => {
  const check =
    (broken: Parameters<typeof checkSchema>[0], rules: "legacy" | "strict" = "strict") =>
    () =>
      checkSchema(broken, "t", rules);
  expect(check(block({ attributes: { Name: optional(string) } }))).toThrow("t.Name: a name is lower case");
  expect(check(block({ attributes: { a: optional(string) }, blocks: { a: listBlock({}) } }))).toThrow("t.a: an attribute and a block");
  expect(check(block({ blocks: { s: setBlock({ attributes: { c: computed(string) } }) } }))).toThrow("t.s.c: no attribute in a set");
  expect(check(block({ blocks: { s: computedSetBlock({}) } }))).toThrow("t.s: under strict rules");
  expect(check(block({ blocks: { s: computedSetBlock({}) } }), "legacy")).not.toThrow();
});

test("asks for what is required and null, where there is something that it could be in", () => {
  const one = (kind: string | null) => config({ limits: [{ deep: [{ leaf: [{ kind }] }] }] });
  expect(validate(schema, one("a")).map(({ severity }) => severity)).toEqual(["warning"]);
  expect(validate(schema, one(null))).toMatchObject([
    {
      severity: "error",
      summary: "Missing required argument",
      detail: 'The argument "limits.0.deep.0.leaf.0.kind" is required, but no definition was found.',
      path: ["limits", 0, "deep"],
    },
    { severity: "warning" },
  ]);
  const nested = block({ blocks: { only: singleBlock({ attributes: { name: required(string) } }) } });
  const given = (only: object | null) => validate(nested, decodeJson(typeOf(nested), JSON.stringify({ only })));
  expect(given(null)).toEqual([]);
  expect(given({ name: null })).toHaveLength(1);
  expect(validate(nested, { kind: "object", entries: new Map([["only", UNKNOWN]]) })).toEqual([]);
});
