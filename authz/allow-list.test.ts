import fc from "fast-check";
import { expect, test } from "vitest";
import {
  ALLOW_ALL,
  type AllowList,
  coversEntry,
  formatAllowList,
  intersectAllowLists,
  normalizeAllowList,
  parseAllowList,
} from "#authz/allow-list.ts";
import { allowEntry, allowList } from "./arbitraries.fixture.ts";

const A = "11111111-2222-3333-4444-55555555555a";
const B = "11111111-2222-3333-4444-55555555555b";

for (const { given, list } of [
  { given: [], list: [] },
  { given: ["*:*"], list: ["*:*"] },
  { given: ["workspace:*"], list: ["workspace:*"] },
  { given: [`workspace:${A}`], list: [`workspace:${A}`] },
  { given: [`*:${A}`], list: [`*:${A}`] },
  { given: [{ type: "workspace", id: A }], list: [`workspace:${A}`] },
  { given: [{ type: "*", id: "*" }], list: ["*:*"] },
  { given: [{ type: "workspace", id: A, name: "ignored" }], list: [`workspace:${A}`] },
  { given: [` workspace : ${A} `], list: [`workspace:${A}`] },
  { given: [`workspace:${A.toUpperCase()}`], list: [`workspace:${A}`] },
  { given: [`workspace:${A.replaceAll("-", "")}`], list: [`workspace:${A}`] },
  { given: [`workspace:{${A}}`], list: [`workspace:${A}`] },
  { given: [`workspace:urn:uuid:${A}`], list: [`workspace:${A}`] },
  { given: [`workspace:${A}`, { type: "workspace", id: A.toUpperCase() }], list: [`workspace:${A}`] },
  { given: [`workspace:${B}`, `template:${B}`, `workspace:${A}`], list: [`template:${B}`, `workspace:${A}`, `workspace:${B}`] },
  { given: [`workspace:${A}`, `template:${A}`, "workspace:*"], list: [`template:${A}`, "workspace:*"] },
  { given: [`*:${A}`, "workspace:*"], list: [`*:${A}`, "workspace:*"] },
  { given: [`workspace:${A}`, "*:*"], list: ["*:*"] },
]) {
  test(`reads ${JSON.stringify(given)} as [${list}]`, () => {
    const parsed = parseAllowList(given);
    expect(parsed.kind === "parsed" && formatAllowList(parsed.allowList)).toEqual(list);
  });
}

for (const { entry, message } of [
  { entry: { type: "workspace" }, message: "allow_list entry must include both type and id" },
  { entry: { id: A }, message: "allow_list entry must include both type and id" },
  { entry: {}, message: "allow_list entry must include both type and id" },
  { entry: { type: "workspace", id: "" }, message: "allow_list entry must include both type and id" },
  { entry: { type: "workspace", id: 7 }, message: "invalid allow_list entry: expected object with type/id or string" },
  { entry: 7, message: "invalid allow_list entry: expected object with type/id or string" },
  { entry: null, message: "invalid allow_list entry: expected object with type/id or string" },
  { entry: ["workspace", A], message: "invalid allow_list entry: expected object with type/id or string" },
  { entry: "workspace", message: 'invalid allow_list entry "workspace": want <type>:<id>' },
  { entry: "workspace:", message: 'invalid allow_list entry "workspace:": want <type>:<id>' },
  { entry: `:${A}`, message: `invalid allow_list entry ":${A}": want <type>:<id>` },
  { entry: " : ", message: "allow_list entry must include non-empty type and id" },
  { entry: { type: " ", id: A }, message: "allow_list entry must include non-empty type and id" },
  { entry: `user_secret:${A}`, message: 'unknown resource type "user_secret"' },
  { entry: `Workspace:${A}`, message: 'unknown resource type "Workspace"' },
  { entry: `constructor:${A}`, message: 'unknown resource type "constructor"' },
  { entry: "workspace:mine", message: 'invalid workspace ID (must be UUID): "mine"' },
  { entry: `workspace:${A}:start`, message: `invalid workspace ID (must be UUID): "${A}:start"` },
  { entry: `workspace:{${A}`, message: `invalid workspace ID (must be UUID): "{${A}"` },
  { entry: `workspace:${A.slice(1)}`, message: `invalid workspace ID (must be UUID): "${A.slice(1)}"` },
  { entry: "api_key:abcdefghij", message: 'invalid api_key ID (must be UUID): "abcdefghij"' },
  { entry: "*:x", message: 'invalid * ID (must be UUID): "x"' },
]) {
  test(`refuses ${JSON.stringify(entry)}`, () =>
    expect(parseAllowList([entry])).toMatchObject({ kind: "invalid", errors: [{ index: 0, message }] }));
}

test("reports the position and text of every bad entry", () => {
  expect(parseAllowList(["workspace:*", "nonsense", { type: "workspace" }, "*:*"])).toEqual({
    kind: "invalid",
    errors: [
      { index: 1, entry: "nonsense", message: 'invalid allow_list entry "nonsense": want <type>:<id>' },
      { index: 2, entry: '{"type":"workspace"}', message: "allow_list entry must include both type and id" },
    ],
  });
});

test("a long bad entry is not repeated in full", () => {
  const parsed = parseAllowList([`workspace:${"x".repeat(10_000)}`]);
  const [error] = parsed.kind === "invalid" ? parsed.errors : [];
  expect(error?.entry).toHaveLength(200);
  expect(error?.message.length).toBeLessThan(300);
});

test("counts entries as given, before duplicates and wildcards", () => {
  expect(parseAllowList(Array(128).fill("*:*"))).toEqual({ kind: "parsed", allowList: ALLOW_ALL });
  expect(parseAllowList(Array(129).fill("*:*"))).toEqual({
    kind: "invalid",
    errors: [{ index: 128, entry: "*:*", message: "allow_list has 129 entries; max allowed is 128" }],
  });
});

test("parsing what was formatted gives the same list", () => {
  const ids = fc.oneof(fc.uuid(), fc.constant("*"));
  const list = fc.array(
    fc.tuple(allowEntry, ids).map(([{ type }, id]) => ({ type, id })),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(list, (entries) => {
      const normal = normalizeAllowList(entries);
      expect(parseAllowList(formatAllowList(entries))).toEqual({ kind: "parsed", allowList: normal });
      expect(parseAllowList(normal)).toEqual({ kind: "parsed", allowList: normal });
    }),
  );
});

const admits = (list: AllowList, entry: AllowList[number]): boolean => list.some((outer) => coversEntry(outer, entry));

test("normalizing neither adds nor removes anything", () => {
  fc.assert(fc.property(allowList, allowEntry, (list, entry) => admits(list, entry) === admits(normalizeAllowList(list), entry)));
});

for (const { left, right, both } of [
  { left: [], right: ["*:*"], both: [] },
  { left: ["*:*"], right: ["*:*"], both: ["*:*"] },
  { left: ["*:*"], right: [`workspace:${A}`], both: [`workspace:${A}`] },
  { left: ["workspace:*"], right: [`workspace:${A}`], both: [`workspace:${A}`] },
  { left: [`workspace:${A}`], right: [`workspace:${B}`], both: [] },
  { left: [`workspace:${A}`], right: [`template:${A}`], both: [] },
  { left: [`*:${A}`], right: ["workspace:*"], both: [`workspace:${A}`] },
  { left: [`*:${A}`], right: [`*:${A}`, `*:${B}`], both: [`*:${A}`] },
]) {
  test(`[${left}] and [${right}] admit [${both}] together`, () => {
    const parse = (entries: string[]): AllowList => {
      const parsed = parseAllowList(entries);
      return parsed.kind === "parsed" ? parsed.allowList : [];
    };
    expect(formatAllowList(intersectAllowLists(parse(left), parse(right)))).toEqual(both);
    expect(formatAllowList(intersectAllowLists(parse(right), parse(left)))).toEqual(both);
  });
}

test("an intersection admits what both lists admit, and nothing else", () => {
  const object = allowEntry.filter(({ type, id }) => type !== "*" && id !== "*");
  fc.assert(
    fc.property(allowList, allowList, object, (left, right, entry) => {
      return admits(intersectAllowLists(left, right), entry) === (admits(left, entry) && admits(right, entry));
    }),
  );
});
