import { join } from "node:path";
import { expect, test } from "vitest";
import { definitions } from "../define.ts";
import { type DefinedProvider, defineProvider } from "../provider.ts";
import { strictRules } from "../rules/strict.ts";
import { computed, defaulted, optional, optionalComputed, required } from "../schema/attribute.ts";
import { block, listBlock, setBlock, singleBlock } from "../schema/block.ts";
import { between, lengthBetween, notEmpty, oneOf, validator } from "../schema/validators.ts";
import { bool, int, listOf, mapOf, objectOf, string } from "../schema/value-type.ts";
import { IncompleteDocsError, providerDocs } from "./provider-docs.ts";

const { resource, dataSource } = definitions<null>();

const boat = block({
  description: "A boat: it floats.\nMostly.",
  attributes: {
    id: optionalComputed(string, { description: "Made by the yard.", unconfigurable: true }),
    name: required(string, { description: "On the bow, and on <papers>.", validate: [notEmpty], replace: true }),
    color: defaulted(string, "white", { description: "Of the hull.", validate: [oneOf("white", "red")] }),
    sail: defaulted(string, "", { description: "Either `jib` or `genoa`.", validate: [oneOf("jib", "genoa")] }),
    crew: optional(int, { description: "How many sail it.", validate: [between(1, 12)], conflictsWith: ["engine.0.power", "dinghy"] }),
    flags: optional(mapOf(listOf(string)), { description: "By country." }),
    key: computed(string, { description: "To the cabin.", sensitive: true }),
    log: computed(listOf(objectOf({ mile: int, note: string })), { description: "What happened." }),
    mast: optional(string, { description: "Its wood.", deprecated: "Masts are metal now" }),
  },
  blocks: {
    engine: listBlock(
      {
        attributes: {
          power: required(int, { description: "In kW.", validate: [validator(() => undefined, "As much as you like.")] }),
          hours: computed(int, { description: "Run so far." }),
        },
        blocks: {
          tank: setBlock(
            {
              attributes: {
                fuel: required(string, { description: "What is in it, in at most 8 bytes.", validate: [lengthBetween(0, 8)] }),
              },
            },
            { description: "A tank.", minItems: 1, maxItems: 2 },
          ),
        },
      },
      { description: "What drives it when there is no wind.", replace: true },
    ),
    dinghy: singleBlock(
      { attributes: { inflatable: defaulted(bool, false, { description: "Whether it is of rubber." }) } },
      { description: "On deck.", deprecated: "Buy a life raft." },
    ),
  },
});

function harbour(): DefinedProvider {
  return defineProvider({
    name: "harbour",
    rules: strictRules,
    schema: block({ description: "Boats.", attributes: { url: optional(string, { description: "Of the harbour master." }) } }),
    configure: () => null,
    resources: {
      harbour_boat: resource({ version: 0, schema: boat, create: () => ({ id: "", key: "", log: [], engine: [] }), update: () => ({}) }),
      harbour_buoy: resource({ version: 0, schema: block({ description: "Marks a place." }), create: () => ({}) }),
    },
    dataSources: {
      harbour_tide: dataSource({ version: 0, schema: block({ description: "The water's level." }), read: () => ({}) }),
    },
  });
}

const EXAMPLES: Readonly<Record<string, string>> = {
  "provider/provider.tf": 'provider "harbour" {}\n',
  "resources/harbour_boat/resource.tf": 'resource "harbour_boat" "a" {}\n',
  "resources/harbour_boat/notes.md": "## Sailing\n\nMind the boom.\n",
  "resources/harbour_buoy/resource.tf": 'resource "harbour_buoy" "a" {}\n',
  "data-sources/harbour_tide/data-source.tf": 'data "harbour_tide" "now" {}\n',
};

test("a page has everything that the schema says, in the registry's form", async () => {
  const pages = providerDocs(harbour(), (path) => EXAMPLES[path]);
  expect([...pages.keys()]).toEqual(["index.md", "resources/boat.md", "resources/buoy.md", "data-sources/tide.md"]);
  const fixtures = join(import.meta.dirname, "fixtures");
  await expect(pages.get("index.md")).toMatchFileSnapshot(join(fixtures, "index.md"));
  await expect(pages.get("resources/boat.md")).toMatchFileSnapshot(join(fixtures, "boat.md"));
});

test("says of a resource that cannot be updated what every change does", () => {
  const pages = providerDocs(harbour(), (path) => EXAMPLES[path]);
  expect(pages.get("resources/buoy.md")).toContain("Marks a place. Any change of its arguments makes a new one.");
  expect(pages.get("resources/boat.md")).not.toContain("Any change");
  expect(pages.get("data-sources/tide.md")).not.toContain("Any change");
});

test("refuses what has no example or no description, all of it at once", () => {
  const bare = block({
    attributes: { depth: optional(int) },
    blocks: { chain: listBlock({ attributes: { length: required(int, { description: " " }) } }, { description: "Of iron." }) },
  });
  const provider = defineProvider({
    ...{ name: "harbour", rules: strictRules, schema: block({}), configure: () => null, dataSources: {} },
    resources: { harbour_anchor: resource({ version: 0, schema: bare, create: () => ({}) }) },
  });
  const build = (): unknown => providerDocs(provider, () => undefined);
  expect(build).toThrow(IncompleteDocsError);
  expect(build).toThrow(
    [
      "provider harbour has no description",
      "harbour_anchor has no description",
      "harbour_anchor.depth has no description",
      "harbour_anchor.chain.length has no description",
      "there is no example resources/harbour_anchor/resource.tf",
      "there is no example provider/provider.tf",
    ].join("\n"),
  );
});
