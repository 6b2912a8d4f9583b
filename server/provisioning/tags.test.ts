import { expect, test } from "vitest";
import { isUntagged, matchTags, normalizeTags, UNTAGGED } from "./tags.ts";

const tagged = (tags: Record<string, string>) => normalizeTags(undefined, tags);

for (const { name, user, sets, wanted } of [
  { name: "nothing is scope organization without owner", user: undefined, sets: [], wanted: UNTAGGED },
  { name: "a later value wins", user: undefined, sets: [{ a: "1" }, { a: "2" }], wanted: { ...UNTAGGED, a: "2" } },
  { name: "an empty value overrides nothing", user: undefined, sets: [{ a: "1" }, { a: "" }], wanted: { ...UNTAGGED, a: "1" } },
  { name: "scope user belongs to the user", user: "u", sets: [{ scope: "user", owner: "other" }], wanted: { scope: "user", owner: "u" } },
  { name: "scope user needs a user", user: undefined, sets: [{ scope: "user" }], wanted: UNTAGGED },
  { name: "any other scope is organization", user: "u", sets: [{ scope: "moon", owner: "u" }], wanted: UNTAGGED },
] satisfies { name: string; user: string | undefined; sets: Record<string, string>[]; wanted: Record<string, string> }[]) {
  test(`normalizing: ${name}`, () => expect({ ...normalizeTags(user, ...sets) }).toEqual(wanted));
}

for (const { job, daemon, matches } of [
  { job: {}, daemon: {}, matches: true },
  { job: {}, daemon: { zone: "a" }, matches: false },
  { job: { zone: "a" }, daemon: { zone: "a", gpu: "yes" }, matches: true },
  { job: { zone: "a" }, daemon: {}, matches: false },
  { job: { zone: "a" }, daemon: { zone: "b" }, matches: false },
] satisfies { job: Record<string, string>; daemon: Record<string, string>; matches: boolean }[]) {
  test(`a job with ${JSON.stringify(job)} ${matches ? "matches" : "does not match"} a daemon with ${JSON.stringify(daemon)}`, () => {
    expect(matchTags(tagged(job), tagged(daemon))).toBe(matches);
  });
}

test("names such as __proto__ are ordinary tags", () => {
  const tags = normalizeTags(undefined, JSON.parse('{"__proto__": "x", "constructor": "y"}'));
  expect(Object.keys(tags).sort()).toEqual(["__proto__", "constructor", "owner", "scope"]);
  expect(isUntagged(tags)).toBe(false);
});
