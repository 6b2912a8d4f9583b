import { expect, test } from "vitest";
import { entitlementOf, type LimitingKey } from "./build-entitlement.ts";

const NOW = new Date("2026-01-02T00:00:00Z");
const LATER = new Date(+NOW + 60_000);
const grant = (more: object = {}) => ({ scopes: ["workspace:start"], allow_list: ["*:*"], expires_at: LATER.toISOString(), ...more });
const key = (more: Partial<LimitingKey> = {}): LimitingKey => ({
  scopes: ["workspace:start"],
  allow_list: ["*:*"],
  boundary: null,
  ceilings: [],
  expires_at: LATER,
  ...more,
});
const read = (stored: unknown, of: LimitingKey | undefined = key()) => {
  const problems: string[] = [];
  return { entitlement: entitlementOf(stored, of, NOW, (problem) => problems.push(problem)), problems };
};

for (const kind of ["full", "none"] as const)
  test(`${kind} is what it is, whatever became of a key`, () => {
    for (const stored of [{ kind }, { kind, more: 1 }])
      expect([read(stored), read(stored, undefined)].map(({ entitlement }) => entitlement)).toEqual([{ kind }, { kind }]);
    expect(entitlementOf({ kind }, undefined, NOW, () => expect.fail())).toEqual({ kind });
  });

test("a limited one is each of its grants, and what its key has and hands on now", () => {
  const boundary = { scopes: ["workspace:read"], allow_list: null, expires_at: null };
  const ceilings = [{ key_id: "a", ...grant({ scopes: ["workspace:*"] }) }];
  const { entitlement, problems } = read({ kind: "limited", grants: [grant()] }, key({ scopes: ["workspace:stop"], boundary, ceilings }));
  expect(problems).toEqual([]);
  expect(entitlement.kind === "limited" && entitlement.scopes.map(({ names }) => names)).toEqual([
    ["workspace:start"],
    ["workspace:stop"],
    ["workspace:read"],
    ["workspace:*"],
  ]);
});

test("a limited one ends with its key, and when any of its grants does", () => {
  const past = NOW.toISOString();
  expect(entitlementOf({ kind: "limited", grants: [grant()] }, undefined, NOW, () => expect.fail())).toEqual({ kind: "none" });
  for (const { grants = [grant()], of = key() } of [
    { grants: [grant({ expires_at: past })] },
    { grants: [grant(), grant({ expires_at: past })] },
    { of: key({ expires_at: NOW }) },
    { of: key({ boundary: { scopes: null, allow_list: null, expires_at: past } }) },
    { of: key({ ceilings: [{ key_id: "a", scopes: ["coder:all"], allow_list: ["*:*"], expires_at: past }] }) },
  ])
    expect(read({ kind: "limited", grants }, of)).toEqual({ entitlement: { kind: "none" }, problems: [] });
});

for (const stored of [
  null,
  undefined,
  "full",
  ["full"],
  {},
  { kind: "Full" },
  { kind: "limited" },
  { kind: "limited", grants: [] },
  { kind: "limited", grants: {} },
  { kind: "limited", grants: [null] },
  { kind: "limited", grants: [grant({ scopes: [] })] },
  { kind: "limited", grants: [grant({ scopes: ["workspace:fly"] })] },
  { kind: "limited", grants: [grant({ allow_list: ["nothing"] })] },
  { kind: "limited", grants: [grant({ expires_at: "soon" })] },
])
  test(`${JSON.stringify(stored)} cannot be read, so it gives nothing and is told once`, () => {
    const { entitlement, problems } = read(stored);
    expect([entitlement, problems.length]).toEqual([{ kind: "none" }, 1]);
  });
