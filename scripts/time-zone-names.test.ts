import { expect, test } from "vitest";
import { timeZoneNames } from "./time-zone-names.ts";

const [, lines = ""] = /TIME_ZONE_NAMES = `([^`]*)`/.exec(timeZoneNames()) ?? [];
const names = lines.split("\n").flatMap((line) => {
  const [area = "", rest = ""] = line.split(":");
  return rest.split(" ").map((name) => `${area}${name}`);
});

test("names every zone that this Node knows", () => {
  expect(Intl.supportedValuesOf("timeZone").filter((zone) => !names.includes(zone))).toEqual([]);
});

test("names zones without an area, links, and areas in areas, each once", () => {
  expect(names).toEqual(expect.arrayContaining(["UTC", "Europe/Berlin", "US/Pacific", "America/Argentina/Buenos_Aires"]));
  expect(new Set(names).size).toBe(names.length);
});
