import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { CODER_PROVIDER_ADDRESS } from "#provider/coder/address.ts";
import { projectInProcess } from "./terraform-project.ts";

interface Block {
  readonly description?: string;
  readonly description_kind?: string;
  readonly attributes?: Readonly<Record<string, { readonly description?: string; readonly description_kind?: string }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

interface Schemas {
  readonly provider: { readonly block: Block };
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

let printed: Schemas;

beforeAll(async () => {
  const main = 'terraform {\n  required_providers {\n    coder = {\n      source = "coder/coder"\n    }\n  }\n}\n';
  await using project = await projectInProcess({ files: { "main.tf": main } });
  const { stdout, stderr } = await project.terraform("providers", "schema", "-json");
  expect(stderr).toBe("");
  printed = JSON.parse(stdout).provider_schemas[CODER_PROVIDER_ADDRESS];
});

test("Terraform sees the schema that templates and stored states are written for", async () => {
  const expected: unknown = JSON.parse(await readFile(join(import.meta.dirname, "fixtures/coder-schema.json"), "utf8"));
  expect(withoutTexts(printed)).toEqual(expected);
});

test("every type, block and attribute says what it is", () => {
  const blocks = [
    ...blocksOf("provider", printed.provider.block),
    ...Object.entries(printed.resource_schemas).flatMap(([name, { block }]) => blocksOf(name, block)),
    ...Object.entries(printed.data_source_schemas).flatMap(([name, { block }]) => blocksOf(`data.${name}`, block)),
  ];
  const described = blocks.flatMap(([name, block]) => [
    [name, block] as const,
    ...Object.entries(block.attributes ?? {}).map(([attribute, one]) => [`${name}.${attribute}`, one] as const),
  ]);
  expect(described.length).toBeGreaterThan(150);
  expect(described.filter(([, { description = "" }]) => !/^[A-Z0-9`].*[.)]$/s.test(description)).map(([name]) => name)).toEqual([]);
  // As the published provider has it; Terraform's own documents would show anything else in another way.
  expect(new Set(described.map(([, one]) => one.description_kind))).toEqual(new Set(["plain"]));
});

function blocksOf(name: string, block: Block): readonly (readonly [string, Block])[] {
  const nested = Object.entries(block.block_types ?? {}).flatMap(([type, { block: inner }]) => blocksOf(`${name}.${type}`, inner));
  return [[name, block], ...nested];
}

/** Texts are ours to choose; types, modes and nesting are not. */
function withoutTexts(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutTexts);
  if (typeof json !== "object" || json === null) return json;
  const kept = Object.entries(json).filter(
    ([key, value]) => key !== "description_kind" && !(key === "description" && typeof value === "string"),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutTexts(value)]));
}
