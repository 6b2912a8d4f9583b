import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { importedVersion, storedTemplate } from "#test/contracts/stored.ts";
import { findVersionRow, takeVersion } from "./version-rows.ts";

test("a version is taken by one template only", async () => {
  const world = await openCommandWorld();
  const { core } = world;
  const { id } = await importedVersion(world);
  const [one, two] = [await storedTemplate(world, { name: "one" }), await storedTemplate(world, { name: "two" })];
  expect(await takeVersion(core.db, id, one.id, core.now())).toBe(true);
  expect(await takeVersion(core.db, id, two.id, core.now())).toBe(false);
  expect((await findVersionRow(core.db, id))?.template_id).toBe(one.id);
});
