import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate } from "#test/contracts/stored.ts";
import { templateJson } from "./json.ts";
import { parseTemplateSearch } from "./search-templates.ts";

test("a search holds for a template when every term does", async () => {
  const world = await openCommandWorld();
  const json = templateJson(await storedTemplate(world, { settings: { display_name: "My Dev Box" } }));
  const holds = (query: string) => parseTemplateSearch(query).matches(json);
  for (const query of [
    "",
    "dev box",
    "name:DE",
    "exact_name:dev",
    "organization:default",
    `organization:${json.organization_id}`,
    "deprecated:false",
  ])
    expect(holds(query), query).toBe(true);
  for (const query of ["ops", "name:box", "exact_name:de", "organization:lab", "deprecated:true", "dev name:ops"])
    expect(holds(query), query).toBe(false);
  expect(parseTemplateSearch("dev").matches({ ...json, display_name: "" })).toBe(true);
  expect(() => parseTemplateSearch("deprecated:perhaps")).toThrow(
    expect.objectContaining({ fields: [expect.objectContaining({ field: "deprecated" })] }),
  );
});
