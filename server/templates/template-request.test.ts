import { expect, test } from "vitest";
import type { CreateTemplateRequest } from "#sdk/templates.ts";
import { InvalidInputError } from "../errors.ts";
import { checkTemplateRequest, settingsOf } from "./template-request.ts";

const PLAIN: CreateTemplateRequest = { name: "dev", template_version_id: "11111111-0000-4000-8000-000000000001" };

function wrongFields(request: Partial<CreateTemplateRequest>): readonly string[] {
  try {
    checkTemplateRequest({ ...PLAIN, ...request });
  } catch (error) {
    if (error instanceof InvalidInputError) return error.fields.map(({ field }) => field);
    throw error;
  }
  return [];
}

test("accepts a name and a version, and durations of 0 or at least a minute", () => {
  expect(wrongFields({})).toEqual([]);
  expect(wrongFields({ default_ttl_ms: 0, failure_ttl_ms: 60_000, description: "x".repeat(127) })).toEqual([]);
});

test("names all fields that are wrong", () => {
  const request = {
    name: "no spaces",
    description: "é".repeat(64),
    default_ttl_ms: 59_999,
    delete_ttl_ms: 1,
    autostop_requirement: { days_of_week: [], weeks: 17 },
  };
  expect(wrongFields(request)).toEqual(["name", "description", "default_ttl_ms", "delete_ttl_ms", "autostop_requirement.weeks"]);
});

test("sets nothing that the request does not name", () => expect(settingsOf(PLAIN)).toEqual({}));

test("keeps the days of the week as bits: those of the autostop, and those that an autostart may not use", () => {
  const settings = settingsOf({
    ...PLAIN,
    icon: "",
    dormant_ttl_ms: 60_000,
    autostop_requirement: { days_of_week: ["monday", "sunday"], weeks: 2 },
    autostart_requirement: { days_of_week: ["monday", "sunday"] },
  });
  expect(settings).toEqual({
    icon: "",
    time_til_dormant_ms: 60_000,
    autostop_requirement_days_of_week: 0b100_0001,
    autostop_requirement_weeks: 2,
    autostart_block_days_of_week: 0b011_1110,
  });
});
