import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTemplateVariables } from "./template-variables.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proviso-variables-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("later files win over earlier ones, and the command line over all; what is no string is JSON", async () => {
  await writeFile(join(folder, "a.json"), '{"size": 1, "zones": ["a"], "name": "x", "on": true}');
  await writeFile(join(folder, "b.json"), '{"size": 2, "note": null}');
  expect(await readTemplateVariables(folder, ["a.json", "b.json"], { name: "y", size: "" })).toEqual({
    values: [
      { name: "size", value: "" },
      { name: "zones", value: '["a"]' },
      { name: "name", value: "y" },
      { name: "on", value: "true" },
      { name: "note", value: "null" },
    ],
    unread: [],
  });
});

test("names the files that only Terraform can read, and does not open them", async () => {
  expect(await readTemplateVariables(folder, ["terraform.tfvars", "x.auto.tfvars"], {})).toEqual({
    values: [],
    unread: ["terraform.tfvars", "x.auto.tfvars"],
  });
});

for (const content of ["{", "[]", "null", '"text"']) {
  test(`refuses a file that holds ${content}, by its path`, async () => {
    await writeFile(join(folder, "bad.json"), content);
    await expect(readTemplateVariables(folder, ["bad.json"], {})).rejects.toThrow(join(folder, "bad.json"));
  });
}
