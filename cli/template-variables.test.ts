// biome-ignore-all lint/suspicious/noTemplateCurlyInString: HCL would take these for templates
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTemplateVariables } from "./template-variables.ts";

const NOTHING = { values: {}, defaults: [] };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-variables-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("later files win over earlier ones, and the command line over all; what is in a file stays JSON", async () => {
  await writeFile(join(folder, "a.json"), '\uFEFF{"size": 1, "zones": ["a", 1.10], "name": "x", "on": true, "text": "${x}", "gone": 1}');
  await writeFile(join(folder, "b.json"), '{"size": 2, "note": null, "big": 12345678901234567890}');
  expect(
    await readTemplateVariables(folder, ["a.json", "b.json"], { values: { name: "y", size: "" }, defaults: ["gone"] }, undefined),
  ).toEqual({
    values: [
      { name: "size", value: "" },
      { name: "zones", value: '["a", 1.10]', format: "json" },
      { name: "name", value: "y" },
      { name: "on", value: "true", format: "json" },
      { name: "text", value: '"${x}"', format: "json" },
      { name: "note", value: "null", format: "json" },
      { name: "big", value: "12345678901234567890", format: "json" },
    ],
    unread: [],
    unknown: [],
  });
});

test("names the files that only Terraform can read, and does not open them", async () => {
  expect(await readTemplateVariables(folder, ["terraform.tfvars", "x.auto.tfvars"], NOTHING, undefined)).toEqual({
    values: [],
    unread: ["terraform.tfvars", "x.auto.tfvars"],
    unknown: [],
  });
});

for (const content of ["{", "[]", "null", '"text"']) {
  test(`refuses a file that holds ${content}, by its path`, async () => {
    await writeFile(join(folder, "bad.json"), content);
    await expect(readTemplateVariables(folder, ["bad.json"], NOTHING, undefined)).rejects.toThrow(join(folder, "bad.json"));
  });
}

test("what the template does not have is left out of a file, and refused on the command line", async () => {
  await writeFile(join(folder, "a.json"), '{"size": 1, "regoin": "x"}');
  const names = new Set(["size", "region"]);
  expect(await readTemplateVariables(folder, ["a.json"], NOTHING, names)).toMatchObject({
    values: [{ name: "size" }],
    unknown: [{ file: "a.json", name: "regoin" }],
  });
  for (const given of [
    { values: { regoin: "x" }, defaults: [] },
    { values: {}, defaults: ["regoin"] },
  ])
    await expect(readTemplateVariables(folder, [], given, names)).rejects.toMatchObject({
      message: 'the template has no variable "regoin"',
      details: ['Did you mean "region"?'],
    });
  await expect(readTemplateVariables(folder, [], { values: { x: "" }, defaults: [] }, new Set(["region"]))).rejects.toMatchObject({
    details: ["Its variables are: region"],
  });
});
