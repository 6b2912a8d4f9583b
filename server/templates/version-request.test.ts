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

test("asks for as little as an archive", () => {
  expect(parse({ file_id: FILE })).toEqual({
    organizationId: ORGANIZATION,
    fileId: FILE,
    provisioner: "terraform",
    message: "",
    tags: {},
    userVariableValues: [],
  });
});

test("takes the all-zero ID and the empty name for absent ones", () => {
  const version = parse({ file_id: FILE, template_id: ZERO_UUID, name: "" });
  expect(version).not.toHaveProperty("templateId");
  expect(version).not.toHaveProperty("name");
  expect(parse({ file_id: FILE, template_id: TEMPLATE, name: "v1" })).toMatchObject({ templateId: TEMPLATE, name: "v1" });
});

const refused: readonly { what: string; request: Partial<CreateTemplateVersionRequest>; says: RegExp }[] = [
  { what: "neither file nor example", request: {}, says: /exactly one of file_id and example_id/ },
  { what: "the all-zero file", request: { file_id: ZERO_UUID }, says: /exactly one of file_id and example_id/ },
  { what: "both", request: { file_id: FILE, example_id: "docker" }, says: /exactly one of file_id and example_id/ },
  { what: "an example, of which there are none", request: { example_id: "docker" }, says: /no template example "docker"/ },
  { what: "a bad name", request: { file_id: FILE, name: "no spaces" }, says: /validation failed/ },
  { what: "a message of more than 1 MiB", request: { file_id: FILE, message: "é".repeat(524_289) }, says: /validation failed/ },
];
for (const { what, request, says } of refused)
  test(`refuses ${what}`, () => {
    expect(() => parse(request)).toThrow(InvalidInputError);
    expect(() => parse(request)).toThrow(says);
  });
