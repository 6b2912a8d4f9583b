import { expect, test } from "vitest";
import { locationProblem } from "./load-location.ts";
import { TIME_ZONE_NAMES } from "./time-zone-names.ts";

test("every time zone that Node.js knows is found", () => {
  expect(Intl.supportedValuesOf("timeZone").filter((name) => locationProblem(name) !== undefined)).toEqual([]);
});

for (const name of [
  "",
  "UTC",
  "Local",
  "Asia/Calcutta",
  "Asia/Kolkata",
  "GB-Eire",
  "W-SU",
  "EST5EDT",
  "Etc/GMT-14",
  "America/Indiana/Knox",
])
  test(`${JSON.stringify(name)} is found`, () => expect(locationProblem(name)).toBeUndefined());

for (const name of [
  "utc",
  "local",
  "europe/Berlin",
  "Europe/",
  "/Europe",
  "Europe",
  "UTC ",
  " UTC",
  "Etc/GMT+13",
  "GMT+1",
  "Etc",
  "Europe/Berlin\n",
])
  test(`${JSON.stringify(name)} is not`, () => expect(locationProblem(name)).toBeDefined());

test("names that could leave Go's directories are refused in other words", () => {
  for (const name of ["..", "a..b", "/UTC", "\\UTC"]) expect(locationProblem(name)).toBe("time: invalid location name");
});

test("the list is small enough to be loaded with the provider", () => {
  expect(TIME_ZONE_NAMES.length).toBeLessThan(15_000);
});
