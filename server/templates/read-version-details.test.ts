import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate } from "#test/contracts/stored.ts";
import { NotFoundError } from "../errors.ts";
import type { PresetId } from "../ids.ts";
import { listParameters, listPresets, listVariables } from "./read-version-details.ts";
import { variablePurpose } from "./version-variables.ts";

const TEXTS = { display_name: "", description: "", icon: "", validation_regex: "", validation_error: "", validation_monotonic: "" };

test("parameters come as their author ordered them, presets and variables by name, variables opened", async () => {
  const world = await openCommandWorld();
  const { core, owner } = world;
  const { active_version_id: id } = await storedTemplate(world);
  const parameter = {
    template_version_id: id,
    type: "string",
    form_type: "",
    mutable: true,
    default_value: "",
    options: [],
    required: false,
    ephemeral: false,
  };
  const bounds = { validation_min: null, validation_max: null };
  for (const [name, display_order] of [
    ["b", 2],
    ["a", 2],
    ["z", 1],
  ] as const)
    await core.db
      .insertInto("template_version_parameters")
      .values({ ...parameter, ...TEXTS, ...bounds, name, display_order })
      .execute();
  const variable = { template_version_id: id, description: "", type: "string", default_value: "", required: false, sensitive: true };
  const value = core.encryption.seal(variablePurpose(id, "token"), Buffer.from("hunter2"));
  await core.db
    .insertInto("template_version_variables")
    .values({ ...variable, name: "token", value })
    .execute();
  // As a server stored them that did not note where a value came from.
  for (const [name, stored, required] of [
    ["unset", "", false],
    ["needed", "", true],
    ["set", "x", false],
  ] as const)
    await core.db
      .insertInto("template_version_variables")
      .values({ ...variable, name, required, value: core.encryption.seal(variablePurpose(id, name), Buffer.from(stored)) })
      .execute();
  const preset = {
    template_version_id: id,
    description: "",
    icon: "",
    is_default: false,
    desired_instances: null,
    invalidate_after_secs: null,
  };
  for (const name of ["large", "big"]) {
    const presetId = core.newId<PresetId>();
    await core.db
      .insertInto("template_version_presets")
      .values({ ...preset, id: presetId, name, scheduling_timezone: "", created_at: core.now() })
      .execute();
    await core.db
      .insertInto("template_version_preset_parameters")
      .values({ template_version_preset_id: presetId, name: "size", value: name })
      .execute();
  }
  expect((await listParameters(owner.access, id)).map(({ name }) => name)).toEqual(["z", "a", "b"]);
  expect((await listVariables(owner.access, id)).map((one) => [one.name, one.value, one.source])).toEqual([
    ["needed", "", "text"],
    ["set", "x", "text"],
    ["token", "hunter2", "text"],
    ["unset", "", "default"],
  ]);
  expect((await listPresets(owner.access, id)).map((one) => [one.name, one.parameters])).toEqual([
    ["big", [{ name: "size", value: "big" }]],
    ["large", [{ name: "size", value: "large" }]],
  ]);
});

test("what a version asks for is for who may read it", async () => {
  const world = await openCommandWorld();
  const { active_version_id: id } = await storedTemplate(world, { hiddenFromEveryone: true });
  const { access } = await world.person("milo");
  for (const list of [listParameters, listVariables, listPresets]) {
    await expect(list(access, id)).rejects.toThrow(NotFoundError);
    expect(await list(world.owner.access, id)).toEqual([]);
  }
});
