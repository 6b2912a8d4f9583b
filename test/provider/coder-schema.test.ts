import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { projectInProcess } from "./terraform-project.ts";

test("Terraform sees the schema that templates and stored states are written for", async () => {
  const main = 'terraform {\n  required_providers {\n    coder = {\n      source = "coder/coder"\n    }\n  }\n}\n';
  await using project = await projectInProcess({ files: { "main.tf": main } });
  const { stdout, stderr } = await project.terraform("providers", "schema", "-json");
  expect(stderr).toBe("");
  const { provider_schemas: schemas } = JSON.parse(stdout);
  const expected: unknown = JSON.parse(await readFile(join(import.meta.dirname, "fixtures/coder-schema.json"), "utf8"));
  expect(withoutTexts(schemas[CODER_PROVIDER_ADDRESS])).toEqual(expected);
  expect(describedKinds(stdout)).toEqual(new Set(["plain"]));
});

/** Texts are ours to choose; types, modes and nesting are not. */
function withoutTexts(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutTexts);
  if (typeof json !== "object" || json === null) return json;
  const kept = Object.entries(json).filter(
    ([key, value]) => key !== "description_kind" && !(key === "description" && typeof value === "string"),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutTexts(value)]));
}

function describedKinds(json: string): Set<string> {
  return new Set([...json.matchAll(/"description_kind":"(\w+)"/g)].map(([, kind]) => kind ?? ""));
}
