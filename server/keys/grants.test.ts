import { describe, expect, test } from "vitest";
import { HOUR, hoursAhead, NOW, SESSION, token, W1, W2 } from "../tokens/keys.fixture.ts";
import { boundaryOf, ceilingOf, ceilingsForChildOf, endOf, excessBeyond, isFullSession, type KeyGrant, limitsOf } from "./grants.ts";

const IN_AN_HOUR = NOW.getTime() + HOUR;
const IN_A_DAY = NOW.getTime() + 24 * HOUR;

function grant(scopes: readonly string[], allowList: readonly string[] = ["*:*"], expiresAt = IN_AN_HOUR): KeyGrant {
  return { scopes, allowList, expiresAt };
}

const CEILING = { key_id: "parent0001", scopes: ["workspace:read"], allow_list: [W1], expires_at: hoursAhead(1).toISOString() };
const BOUNDARY = { scopes: ["workspace:read"], allow_list: null, expires_at: hoursAhead(1).toISOString() };

describe("what a key may hand on", () => {
  test("is what it holds, but for what its boundary says", () => {
    expect(boundaryOf(token(["workspace:*"]))).toEqual(grant(["workspace:*"], ["*:*"], IN_A_DAY));
    expect(boundaryOf(token(["workspace:*"], { boundary: BOUNDARY }))).toEqual(grant(["workspace:read"]));
    const onlyList = { scopes: null, allow_list: [W1], expires_at: null };
    expect(boundaryOf(token(["workspace:*"], { boundary: onlyList }))).toEqual(grant(["workspace:*"], [W1], IN_A_DAY));
  });

  test("of a session that stands for its user has no limit, and hands none down", () => {
    expect([limitsOf(SESSION), ceilingsForChildOf(SESSION)]).toEqual([[], []]);
  });

  test("is limited by itself and by all that bounds it, and a child inherits both, the nearest first", () => {
    const key = token(["workspace:*"], { ceilings: [CEILING] });
    expect(limitsOf(key)).toEqual([grant(["workspace:*"], ["*:*"], IN_A_DAY), grant(["workspace:read"], [W1])]);
    expect(ceilingsForChildOf(key)).toEqual([ceilingOf(key), CEILING]);
    expect(ceilingOf(key)).toEqual({
      key_id: key.id,
      scopes: ["workspace:*"],
      allow_list: ["*:*"],
      expires_at: key.expires_at.toISOString(),
    });
  });
});

for (const { what, key } of [
  { what: "a token of everything", key: token(["coder:all"]) },
  { what: "a session with a narrow scope", key: { ...SESSION, scopes: ["workspace:read"] } },
  { what: "a session with a list", key: { ...SESSION, allow_list: [W1] } },
  { what: "a session below another key", key: { ...SESSION, ceilings: [CEILING] } },
])
  test(`${what} does not stand for its user without limit`, () =>
    expect([isFullSession(SESSION), isFullSession(key)]).toEqual([true, false]));

test("several grants end with the first of them, and none never ends", () => {
  expect(endOf([grant([], [], 5), grant([], [], 3)])).toBe(3);
  expect(endOf([])).toBe(Number.POSITIVE_INFINITY);
});

describe("what one grant holds beyond others", () => {
  test("is nothing inside of each of them", () => {
    expect(excessBeyond([], grant(["coder:all"]))).toBeUndefined();
    expect(excessBeyond([grant(["workspace:*"]), grant(["workspace:read"], [W1])], grant(["workspace:read"], [W1]))).toBeUndefined();
  });

  for (const { what, limits, inner, found } of [
    {
      what: "a scope",
      limits: [grant(["workspace:read"])],
      inner: grant(["workspace:read", "template:read"]),
      found: { scopes: ["template:read"], allowList: [], expiresAt: undefined },
    },
    {
      what: "an object",
      limits: [grant(["workspace:*"], [W1])],
      inner: grant(["workspace:*"], [W2, W1]),
      found: { scopes: [], allowList: [W2], expiresAt: undefined },
    },
    {
      what: "time, up to the earliest end",
      limits: [grant(["workspace:*"], ["*:*"], 7), grant(["workspace:*"], ["*:*"], 5)],
      inner: grant(["workspace:*"], ["*:*"], 6),
      found: { scopes: [], allowList: [], expiresAt: 5 },
    },
    {
      what: "something different beyond each",
      limits: [grant(["workspace:read"]), grant(["workspace:*"], [W1])],
      inner: grant(["workspace:start"], [W2]),
      found: { scopes: ["workspace:start"], allowList: [W2], expiresAt: undefined },
    },
  ])
    test(`may be ${what}`, () => expect(excessBeyond(limits, inner)).toMatchObject(found));

  test("is everything beyond a limit that nobody can read: a scope, or an entry, of another program", () => {
    const inner = grant(["workspace:read"], [W1]);
    expect(excessBeyond([grant(["moon:land"])], inner)).toMatchObject({ scopes: ["workspace:read"], allowList: [W1] });
    expect(excessBeyond([grant(["workspace:read"], ["moon"])], inner)).toMatchObject({ allowList: [W1] });
    expect(excessBeyond([grant(["coder:all"])], grant(["moon:land"]))).toMatchObject({ scopes: ["moon:land"] });
  });
});
