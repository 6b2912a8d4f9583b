import { expect, test } from "vitest";
import type { Row } from "../database/tables.ts";
import { InvalidInputError } from "../errors.ts";
import { TemplateVersionId } from "../ids.ts";
import { type ParameterValue, resolveBuildParameters } from "./build-parameters.ts";

type Definition = Row<"template_version_parameters">;

const define = (definition: Partial<Definition>): Definition => ({
  template_version_id: TemplateVersionId.parse("00000000-0000-4000-8000-000000000000"),
  name: "p",
  display_name: "",
  description: "",
  type: "string",
  form_type: "",
  mutable: true,
  default_value: "",
  icon: "",
  options: [],
  validation_regex: "",
  validation_error: "",
  validation_min: null,
  validation_max: null,
  validation_monotonic: "",
  required: false,
  display_order: 0,
  ephemeral: false,
  ...definition,
});
const optionsOf = (...values: readonly string[]) => values.map((value) => ({ name: value, value, description: "", icon: "" }));
const options = optionsOf("a", "b");
const fractions = optionsOf("0.5", "1.5");

interface Case {
  readonly what: string;
  readonly definition: Partial<Definition>;
  readonly given?: string;
  readonly before?: string;
  /** The value, or a pattern for the error. */
  readonly wanted: string | RegExp;
}

const cases: readonly Case[] = [
  { what: "the default", definition: { default_value: "d" }, wanted: "d" },
  { what: "a given value over the default", definition: { default_value: "d" }, given: "g", wanted: "g" },
  { what: "the previous value over the default", definition: { default_value: "d" }, before: "b", wanted: "b" },
  { what: "the default again when ephemeral", definition: { default_value: "d", ephemeral: true }, before: "b", wanted: "d" },
  { what: "a required value", definition: { required: true }, wanted: /a value is required/ },
  { what: "an immutable value, once", definition: { mutable: false }, given: "g", wanted: "g" },
  { what: "an immutable value, the same again", definition: { mutable: false }, given: "b", before: "b", wanted: "b" },
  { what: "an immutable value, another", definition: { mutable: false }, given: "g", before: "b", wanted: /cannot be changed/ },
  { what: "an option", definition: { options }, given: "a", wanted: "a" },
  { what: "a value that is not an option", definition: { options }, given: "c", wanted: /must be one of: a, b/ },
  {
    what: "several options",
    definition: { options, type: "list(string)", form_type: "multi-select" },
    given: '["a","b"]',
    wanted: '["a","b"]',
  },
  {
    what: "several values, one of them not an option",
    definition: { options, type: "list(string)", form_type: "multi-select" },
    given: '["a","c"]',
    wanted: /JSON list of options/,
  },
  { what: "a text that matches", definition: { validation_regex: "^x+$" }, given: "xx", wanted: "xx" },
  {
    what: "a text that does not match",
    definition: { validation_regex: "^x+$", validation_error: "only x" },
    given: "y",
    wanted: /only x/,
  },
  {
    what: "a value if its pattern would take forever",
    definition: { validation_regex: "^(x+)+$" },
    given: `${"x".repeat(60)}y`,
    wanted: `${"x".repeat(60)}y`,
  },
  { what: "a value if its pattern is valid only in Go", definition: { validation_regex: "(?i)^x+\\z" }, given: "y", wanted: "y" },
  { what: "a whole number", definition: { type: "number" }, given: "-3", wanted: "-3" },
  { what: "a fraction without rules", definition: { type: "number" }, given: "0.5", wanted: "0.5" },
  { what: "a fraction that is an option", definition: { type: "number", options: fractions }, given: "1.5", wanted: "1.5" },
  { what: "a fraction where there are rules", definition: { type: "number", validation_min: 1 }, given: "3.5", wanted: /whole number/ },
  { what: "a signed number", definition: { type: "number", validation_min: 1 }, given: "+3", wanted: "+3" },
  {
    what: "a number in the author's words",
    definition: { type: "number", validation_min: 0, validation_max: 80, validation_error: "{value}: {min}% to {max}%, not {this}" },
    given: "99",
    wanted: /99: 0% to 80%, not {this}$/,
  },
  {
    what: "a number that is too small",
    definition: { type: "number", validation_min: 1, validation_max: 9 },
    given: "0",
    wanted: /at least 1 and at most 9/,
  },
  {
    what: "a smaller number where it may only grow",
    definition: { type: "number", validation_monotonic: "increasing" },
    given: "1",
    before: "2",
    wanted: /below 2/,
  },
  {
    what: "a greater number where it may only fall",
    definition: { type: "number", validation_monotonic: "decreasing" },
    given: "3",
    before: "2",
    wanted: /above 2/,
  },
  { what: "a boolean", definition: { type: "bool" }, given: "true", wanted: "true" },
  { what: "text that is not a boolean", definition: { type: "bool" }, given: "yes", wanted: /true or false/ },
  { what: "a list", definition: { type: "list(string)" }, given: "[]", wanted: "[]" },
  { what: "a list that is not of strings", definition: { type: "list(string)" }, given: "[1]", wanted: /list of strings/ },
];

for (const { what, definition, given, before, wanted } of cases) {
  test(`${typeof wanted === "string" ? "takes" : "refuses"} ${what}`, () => {
    const values = (value: string | undefined): ParameterValue[] => (value === undefined ? [] : [{ name: "p", value }]);
    const resolve = () => resolveBuildParameters([define(definition)], values(given), before === undefined ? undefined : values(before));
    if (typeof wanted === "string") expect(resolve()).toEqual([{ name: "p", value: wanted }]);
    else expect(resolve).toThrow(wanted);
  });
}

test("names every invalid parameter", () => {
  const given = [
    { name: "b", value: "x" },
    { name: "nobody", value: "" },
  ];
  try {
    resolveBuildParameters([define({ name: "a", required: true }), define({ name: "b", type: "bool" })], given, undefined);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ fields: [{ field: "nobody" }, { field: "a" }, { field: "b" }] });
  }
});
