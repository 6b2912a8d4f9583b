import { describe, expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { pushedVersion, storedTemplate } from "#test/contracts/stored.ts";
import type { Row } from "../database/tables.ts";
import { TemplateVersionId } from "../ids.ts";
import { templateVersionJson, templateVersionParameterJson, templateVersionVariableJson } from "./version-json.ts";

const template_version_id = TemplateVersionId.parse("11111111-0000-4000-8000-000000000001");

const PARAMETER: Row<"template_version_parameters"> = {
  template_version_id,
  name: "size",
  display_name: "Size",
  description: "",
  type: "number",
  form_type: "slider",
  mutable: true,
  default_value: "1",
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
};

describe("a parameter", () => {
  test("without rules has none", () => {
    const rules = ["validation_error", "validation_regex", "validation_min", "validation_max", "validation_monotonic"];
    const json = templateVersionParameterJson(PARAMETER);
    for (const rule of rules) expect(json).not.toHaveProperty(rule);
    expect(json).toMatchObject({ name: "size", type: "number", form_type: "slider" });
  });

  test("has the rules that it has, a bound of 0 among them", () => {
    const row = { ...PARAMETER, validation_min: 0, validation_max: 5, validation_monotonic: "increasing", validation_regex: "^a$" };
    expect(templateVersionParameterJson(row)).toMatchObject({
      validation_min: 0,
      validation_max: 5,
      validation_monotonic: "increasing",
      validation_regex: "^a$",
    });
  });

  test("of a kind that this program does not know is shown as plain text", () => {
    const row = { ...PARAMETER, type: "matrix", form_type: "hologram", validation_monotonic: "sideways" };
    const json = templateVersionParameterJson(row);
    expect(json).toMatchObject({ type: "string", form_type: "" });
    expect(json).not.toHaveProperty("validation_monotonic");
  });

  for (const { description, plain } of [
    { description: "How **many** _cores_", plain: "How many _cores_" },
    { description: "See [the docs](https://example.com) and ![a picture](a.png)", plain: "See the docs and a picture" },
    { description: "## Size\n`small` or __large__\n", plain: "Size\nsmall or large" },
    { description: "2 * 3 * 4", plain: "2 * 3 * 4" },
    { description: `**${"x".repeat(5_000)}**`, plain: `**${"x".repeat(5_000)}**` },
  ])
    test(`tells terminals of ${description.slice(0, 30)} without the marks`, () => {
      expect(templateVersionParameterJson({ ...PARAMETER, description })).toMatchObject({ description, description_plaintext: plain });
    });
});

describe("a variable", () => {
  const VARIABLE = {
    template_version_id,
    name: "token",
    description: "",
    type: "string",
    value: "given",
    source: "text",
    default_value: "default",
    required: false,
    sensitive: false,
  } as const;

  test("is shown with its value", () => {
    expect(templateVersionVariableJson(VARIABLE)).toMatchObject({
      value: "given",
      is_set: true,
      default_value: "default",
      sensitive: false,
    });
    expect(templateVersionVariableJson({ ...VARIABLE, source: "default" })).toMatchObject({ value: "default", is_set: false });
    expect(templateVersionVariableJson({ ...VARIABLE, value: '"a"', source: "json" })).toMatchObject({ value: "a", is_set: true });
  });

  test("that is sensitive shows neither its value nor its default", () => {
    expect(templateVersionVariableJson({ ...VARIABLE, sensitive: true })).toMatchObject({ value: "", default_value: "", sensitive: true });
  });

  test("of a type of Terraform's own is a text", () => {
    const typeOf = (type: string) => templateVersionVariableJson({ ...VARIABLE, type }).type;
    expect(["number", "bool", "string", "list(string)", ""].map(typeOf)).toEqual(["number", "bool", "string", "string", "string"]);
  });
});

test("a version names its template if it has one, its maker, and who could take its job where that is asked for", async () => {
  const world = await openCommandWorld();
  const free = templateVersionJson(await pushedVersion(world, { message: "first" }));
  expect(free).toMatchObject({ message: "first", created_by: { username: "olive" }, job: { status: "pending" } });
  for (const key of ["template_id", "matched_provisioners"]) expect(free, key).not.toHaveProperty(key);
  const { id: templateId } = await storedTemplate(world);
  const matched = { count: 2, available: [], mostRecentlySeen: undefined };
  const json = templateVersionJson(await pushedVersion(world, { templateId }), matched);
  expect(json).toMatchObject({ template_id: templateId, matched_provisioners: { count: 2, available: 0 } });
});
