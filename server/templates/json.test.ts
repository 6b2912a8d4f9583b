import { expect, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { storedTemplate } from "#test/contracts/stored.ts";
import { templateJson } from "./json.ts";

test("a template is shown with days by name, at least one week, and deprecated only with a message", async () => {
  const world = await openCommandWorld();
  const template = await storedTemplate(world, {
    settings: { autostop_requirement_days_of_week: 0b1, autostart_block_days_of_week: 0b111_1110 },
  });
  const json = templateJson(template);
  expect(json).toMatchObject({
    autostop_requirement: { days_of_week: ["monday"], weeks: 1 },
    autostart_requirement: { days_of_week: ["monday"] },
    deprecated: false,
    deprecation_message: "",
    created_by_name: "olive",
    organization_name: "default",
  });
  expect(templateJson({ ...template, deprecated: "use another", autostop_requirement_weeks: 3 })).toMatchObject({
    deprecated: true,
    deprecation_message: "use another",
    autostop_requirement: { weeks: 3 },
  });
});

test("a stored value that nobody knows shares the least", async () => {
  const template = await storedTemplate(await openCommandWorld());
  expect(templateJson({ ...template, max_port_share_level: "everyone", cors_behavior: "loose" })).toMatchObject({
    max_port_share_level: "owner",
    cors_behavior: "simple",
  });
  expect(templateJson({ ...template, max_port_share_level: "public", cors_behavior: "passthru" })).toMatchObject({
    max_port_share_level: "public",
    cors_behavior: "passthru",
  });
});
