import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate, storedWorkspace } from "#test/contracts/stored.ts";
import { BuildActiveError } from "../errors.ts";
import type { PresetId, WorkspaceBuildId } from "../ids.ts";
import { findLatestBuildRow, findPresetValues, insertBuildRow } from "./new-build-rows.ts";

async function open() {
  const world = await openCommandWorld();
  const template = await storedTemplate(world);
  const { access, user } = world.owner;
  const { workspace } = await storedWorkspace(world, { access, ownerId: user.id, template });
  return { world, core: world.core, template, workspace };
}

test("two builds of one number are one build too many at a time", async () => {
  const { core, workspace } = await open();
  const row = await findLatestBuildRow(core.db, workspace.id);
  if (row === undefined) throw new Error("a workspace has a build");
  const again = { ...row, id: core.newId<WorkspaceBuildId>() };
  await expect(insertBuildRow(core.db, again)).rejects.toThrow(BuildActiveError);
});

test("a preset is its version's: of another there is none, and one without parameters has no values", async () => {
  const { world, core, template } = await open();
  const { active_version_id: version } = template;
  const id = core.newId<PresetId>();
  const texts = { name: "big", description: "", icon: "", scheduling_timezone: "" };
  const rest = { is_default: false, desired_instances: null, invalidate_after_secs: null, created_at: core.now() };
  await core.db
    .insertInto("template_version_presets")
    .values({ id, template_version_id: version, ...texts, ...rest })
    .execute();
  expect(await findPresetValues(core.db, id, version)).toEqual([]);
  await core.db
    .insertInto("template_version_preset_parameters")
    .values({ template_version_preset_id: id, name: "size", value: "9" })
    .execute();
  expect(await findPresetValues(core.db, id, version)).toEqual([{ name: "size", value: "9" }]);
  const other = await storedTemplate(world, { name: "other" });
  expect(await findPresetValues(core.db, id, other.active_version_id)).toBeUndefined();
});
