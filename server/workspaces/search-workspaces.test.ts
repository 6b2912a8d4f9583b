import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { buildJson, workspaceJson } from "./json.ts";
import { parseWorkspaceSearch } from "./search-workspaces.ts";

for (const { query, found } of [
  { query: "", found: { needsMatching: false } },
  { query: "dev", found: { name: "dev", needsMatching: false } },
  { query: "owner:me name:DEV", found: { owner: "me", name: "dev", needsMatching: false } },
  { query: "ann/dev", found: { owner: "ann", exactName: "dev", needsMatching: false } },
  { query: "name:ann/dev owner:me", found: { owner: "ann", exactName: "dev", needsMatching: false } },
  { query: "/dev", found: { name: "/dev", needsMatching: false } },
  { query: "a/b/c", found: { name: "a/b/c", needsMatching: false } },
  { query: "owner:ann status:running", found: { owner: "ann", needsMatching: true } },
])
  test(`${JSON.stringify(query)} asks for ${JSON.stringify(found)}`, () => {
    const { matches: _, ...search } = parseWorkspaceSearch(query);
    expect(search).toEqual({ owner: undefined, name: undefined, exactName: undefined, ...found });
  });

for (const { query, field } of [
  { query: "status:asleep", field: "status" },
  { query: "outdated:perhaps", field: "outdated" },
  { query: "dormant:1", field: "dormant" },
  { query: "healthy:yes", field: "healthy" },
  { query: "size:7", field: "size" },
])
  test(`${query} is wrong about ${field}`, () => {
    expect(() => parseWorkspaceSearch(query)).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ field })] }));
  });

test("the rest of a search holds for a workspace when every term does", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { workspace, build } = await storedWorkspace(world, { ...world.owner, ownerId: world.owner.user.id, template });
  const json = workspaceJson(workspace, buildJson(build, [], world.clock.now()));
  const holds = (query: string) => parseWorkspaceSearch(query).matches(json);
  for (const query of [
    "",
    `id:${json.id}`,
    "template:DEV organization:default",
    "status:running outdated:false",
    "dormant:false healthy:true",
  ])
    expect(holds(query), query).toBe(true);
  for (const query of ["id:x", "template:other", "organization:lab", "status:stopped", "outdated:true", "dormant:true", "healthy:false"])
    expect(holds(query), query).toBe(false);
});
