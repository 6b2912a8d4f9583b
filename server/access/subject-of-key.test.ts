import { expect, test } from "vitest";
import { decide } from "#authz/decide.ts";
import { workspaceObject } from "#authz/object.ts";
import { ANN, hoursAhead, SESSION, token, W1 } from "../tokens/keys.fixture.ts";
import { endOfKey, subjectOfKey } from "./subject-of-key.ts";

const ORG = "0a0a0a0a-0000-4000-8000-000000000001";
const ROLES = { site: [], organizations: [{ organizationId: ORG, roles: [] }], groups: ["g1"] };
const [, W1_ID = ""] = W1.split(":");
const CEILING = { key_id: "parent0001", scopes: ["workspace:read"], allow_list: ["*:*"], expires_at: hoursAhead(1).toISOString() };

function subjectOf(key: Parameters<typeof subjectOfKey>[0]) {
  const found = subjectOfKey(key, ROLES, (name) => expect.fail(`unknown role ${name}`));
  if (found.kind === "unknown") throw new Error(found.problem);
  return found.subject;
}

function may(key: Parameters<typeof subjectOfKey>[0], action: "read" | "update", id = W1_ID): boolean {
  return decide(subjectOf(key), action, workspaceObject({ id, ownerId: ANN, organizationId: ORG })).kind === "allowed";
}

test("a session stands for its user, and a token for itself", () => {
  expect(subjectOf(SESSION)).toMatchObject({ id: ANN, kind: "user", groups: ["g1"], credential: { kind: "session", id: SESSION.id } });
  expect(subjectOf(token(["coder:all"])).credential).toEqual({ kind: "token", id: "token00001" });
});

test("a key may do what its scope and its list say, and no more than each of its ceilings", () => {
  expect([may(SESSION, "update"), may(token(["workspace:read"]), "read"), may(token(["workspace:read"]), "update")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(may(token(["workspace:*"], { allow_list: [W1] }), "update")).toBe(true);
  expect(may(token(["workspace:*"], { allow_list: [W1] }), "update", "22222222-0000-4000-8000-000000000002")).toBe(false);
  expect(may(token(["workspace:*"], { ceilings: [CEILING] }), "update")).toBe(false);
  expect(may(token(["workspace:*"], { ceilings: [CEILING] }), "read")).toBe(true);
});

for (const { what, more, problem } of [
  { what: "a scope that nobody knows", more: { scopes: ["workspace:read", "moon:land"] }, problem: "moon:land" },
  { what: "no scope", more: { scopes: [] }, problem: "no scope" },
  { what: "scopes that are no list", more: { scopes: "coder:all" }, problem: "scopes" },
  { what: "scopes that are no texts", more: { scopes: [7] }, problem: "scopes" },
  { what: "an entry that cannot be read", more: { allow_list: ["workspace"] }, problem: "workspace" },
  { what: "an allow list that is none", more: { allow_list: null }, problem: "allow list" },
  { what: "ceilings that are no list", more: { ceilings: {} }, problem: "ceilings" },
  { what: "a ceiling that cannot be read", more: { ceilings: [CEILING, null] }, problem: "ceiling 2" },
  { what: "a ceiling with an unknown scope", more: { ceilings: [{ ...CEILING, scopes: ["moon:land"] }] }, problem: "ceiling 1" },
  { what: "a ceiling that ends on no day", more: { ceilings: [{ ...CEILING, expires_at: "soon" }] }, problem: "ceiling 1" },
])
  test(`a key with ${what} opens nothing`, () => {
    // What stands in a row need not be what its type says.
    const key = { ...token(["workspace:read"]), ...more } as Parameters<typeof subjectOfKey>[0];
    expect(subjectOfKey(key, ROLES, () => {})).toEqual({ kind: "unknown", problem: expect.stringContaining(problem) });
  });

test("a role that nobody knows gives nothing, and is told", () => {
  const told: string[] = [];
  const found = subjectOfKey(SESSION, { ...ROLES, site: ["king"] }, (name) => void told.push(name));
  expect([found.kind, told]).toEqual(["known", ["king"]]);
});

test("a key ends with the first of those that it must stay inside", () => {
  expect(endOfKey(SESSION)).toBe(SESSION.expires_at.getTime());
  expect(endOfKey(token([], { ceilings: [CEILING, { ...CEILING, expires_at: hoursAhead(2).toISOString() }] }))).toBe(
    hoursAhead(1).getTime(),
  );
});
