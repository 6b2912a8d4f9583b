import { expect, test } from "vitest";
import { ZERO_UUID } from "#sdk/scalars.ts";
import type { CreateTemplateVersionRequest } from "#sdk/template-versions.ts";
import { InvalidInputError } from "../errors.ts";
import { OrganizationId } from "../ids.ts";
import { parseVersionRequest } from "./version-request.ts";

const ORGANIZATION = OrganizationId.parse("00000000-0000-4000-8000-000000000001");
const FILE = "11111111-0000-4000-8000-000000000001";
const TEMPLATE = "22222222-0000-4000-8000-000000000001";

const parse = (request: Partial<CreateTemplateVersionRequest>) =>
  parseVersionRequest(ORGANIZATION, { storage_method: "file", provisioner: "terraform", ...request });

test("requires only an archive", () => {
  expect(parse({ file_id: FILE })).toEqual({
    organizationId: ORGANIZATION,
    fileId: FILE,
    provisioner: "terraform",
    message: "",
    tags: {},
    userVariableValues: [],
    userVariableDefaults: [],
  });
});

test("treats the all-zero ID and the empty name as absent", () => {
  const version = parse({ file_id: FILE, template_id: ZERO_UUID, name: "" });
  expect(version).not.toHaveProperty("templateId");
  expect(version).not.toHaveProperty("name");
  expect(parse({ file_id: FILE, template_id: TEMPLATE, name: "v1" })).toMatchObject({ templateId: TEMPLATE, name: "v1" });
});

const SIZE = { name: "size", value: "1" };
const refused: readonly { what: string; request: Partial<CreateTemplateVersionRequest>; says: RegExp }[] = [
  { what: "neither file nor example", request: {}, says: /exactly one of file_id and example_id/ },
  { what: "the all-zero file", request: { file_id: ZERO_UUID }, says: /exactly one of file_id and example_id/ },
  { what: "both", request: { file_id: FILE, example_id: "docker" }, says: /exactly one of file_id and example_id/ },
  { what: "an example, of which there are none", request: { example_id: "docker" }, says: /"docker" is not a template example/ },
  { what: "a bad name", request: { file_id: FILE, name: "no spaces" }, says: /validation failed/ },
  {
    what: "two values for one variable",
    request: { file_id: FILE, user_variable_values: [SIZE, { ...SIZE, value: "2" }] },
    says: /validation failed/,
  },
  {
    what: "a value and the default for one variable",
    request: { file_id: FILE, user_variable_values: [SIZE], user_variable_defaults: ["size"] },
    says: /validation failed/,
  },
  {
    what: "a value in JSON that is no JSON",
    request: { file_id: FILE, user_variable_values: [{ name: "a", value: "[1", format: "json" }] },
    says: /validation failed/,
  },
  { what: "a message of more than 1 MiB", request: { file_id: FILE, message: "é".repeat(524_289) }, says: /validation failed/ },
];
for (const { what, request, says } of refused)
  test(`refuses ${what}`, () => {
    expect(() => parse(request)).toThrow(InvalidInputError);
    expect(() => parse(request)).toThrow(says);
  });
