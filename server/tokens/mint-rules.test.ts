import { describe, expect, test } from "vitest";
import { BeyondGrantError, InvalidInputError } from "../errors.ts";
import { MAX_CHAIN } from "../keys/grants.ts";
import { ANN, BOB, HOUR, hoursAhead, MEMBER, NOW, SESSION, T1, TERMS, token, W1, W2, wish } from "./keys.fixture.ts";
import { planSession, planToken } from "./mint-rules.ts";

const thrown = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("a session", () => {
  test("mints whatever is public, also beyond its own end", () => {
    const minted = planToken(SESSION, wish({ lifetimeMs: 24 * 365 * HOUR }), MEMBER, TERMS);
    expect(minted).toEqual({ expiresAt: hoursAhead(24 * 365), ceilings: [], usedBoundary: false });
  });

  test("mints for a week when nobody says for how long", () => {
    expect(planToken(SESSION, wish(), MEMBER, TERMS).expiresAt).toEqual(hoursAhead(168));
  });

  test("mints a default that is no longer than the maximum", () => {
    const lifetimes = { defaultMs: 168 * HOUR, maximumMs: 2 * HOUR, ownerMaximumMs: HOUR };
    expect(planToken(SESSION, wish(), MEMBER, { ...TERMS, lifetimes }).expiresAt).toEqual(hoursAhead(2));
    expect(planToken(SESSION, wish(), { ...MEMBER, siteRoles: ["owner"] }, { ...TERMS, lifetimes }).expiresAt).toEqual(hoursAhead(1));
  });

  test("mints for others", () => {
    expect(planToken(SESSION, wish(), { id: BOB, siteRoles: [] }, TERMS).ceilings).toEqual([]);
  });

  for (const { what, siteRoles, lifetimeMs, isTaken } of [
    { what: "a member's token of a hundred years", siteRoles: [], lifetimeMs: 876_600 * HOUR, isTaken: true },
    { what: "a member's token of a millisecond more", siteRoles: [], lifetimeMs: 876_600 * HOUR + 1, isTaken: false },
    { what: "an owner's token of a week", siteRoles: ["owner"], lifetimeMs: 168 * HOUR, isTaken: true },
    { what: "an owner's token of a millisecond more", siteRoles: ["owner"], lifetimeMs: 168 * HOUR + 1, isTaken: false },
  ])
    test(`${isTaken ? "takes" : "refuses"} ${what}`, () => {
      const error = thrown(() => planToken(SESSION, wish({ lifetimeMs }), { id: ANN, siteRoles }, TERMS));
      if (isTaken) expect(error).toBeUndefined();
      else expect(error).toMatchObject({ code: "invalid_input", fields: [{ field: "lifetime" }] });
    });

  for (const { what, expires_at } of [
    { what: "in the past", expires_at: NOW.toISOString() },
    { what: "past the user's maximum", expires_at: hoursAhead(876_601).toISOString() },
  ])
    test(`sets no boundary that ends ${what}`, () => {
      const boundary = { scopes: null, allow_list: null, expires_at };
      const error = thrown(() => planToken(SESSION, wish({ boundary }), MEMBER, TERMS));
      expect(error).toBeInstanceOf(InvalidInputError);
      expect(error).toMatchObject({ fields: [{ field: "boundary.expires_at" }] });
    });
});

interface Case {
  readonly what: string;
  readonly parent: ReturnType<typeof token>;
  readonly wished: Partial<ReturnType<typeof wish>>;
  /** Undefined: minted. Else by field, exactly. */
  readonly excess?: Readonly<Record<string, string>>;
}

const OVER = hoursAhead(24).toISOString();
const CASES: readonly Case[] = [
  {
    what: "a part of its scopes",
    parent: token(["api_key:create", "workspace:read"]),
    wished: { scopes: ["workspace:read"] },
  },
  {
    what: "one scope more",
    parent: token(["api_key:create", "workspace:read"]),
    wished: { scopes: ["workspace:read", "workspace:start"] },
    excess: { scopes: "workspace:start" },
  },
  {
    what: "everything, by saying nothing",
    parent: token(["api_key:create"]),
    wished: {},
    excess: { scopes: "coder:all" },
  },
  {
    what: "the wildcard where it holds every action one by one",
    parent: token(["api_key:create", "api_key:read", "api_key:update", "api_key:delete"]),
    wished: { scopes: ["api_key:*"] },
    excess: { scopes: "api_key:*" },
  },
  {
    what: "an action where it holds the wildcard",
    parent: token(["api_key:*", "workspace:*"]),
    wished: { scopes: ["workspace:ssh"] },
  },
  {
    what: "the parts of its composite",
    parent: token(["api_key:create", "coder:workspaces.operate"]),
    wished: { scopes: ["workspace:start", "workspace:stop"] },
  },
  {
    what: "a composite of which it lacks parts",
    parent: token(["api_key:create", "workspace:read"]),
    wished: { scopes: ["coder:workspaces.access"] },
    excess: { scopes: "organization_member:read, template:read, workspace:application_connect, workspace:ssh" },
  },
  {
    what: "a wider list",
    parent: token(["coder:all"], { allow_list: ["api_key:*", W1] }),
    wished: { allowList: [W1, W2] },
    excess: { allow_list: W2 },
  },
  {
    what: "all of a type where it has one",
    parent: token(["coder:all"], { allow_list: ["api_key:*", W1] }),
    wished: { allowList: ["workspace:*"] },
    excess: { allow_list: "workspace:*" },
  },
  {
    what: "everything where it has a list",
    parent: token(["coder:all"], { allow_list: ["api_key:*", W1] }),
    wished: {},
    excess: { allow_list: "*:*" },
  },
  {
    what: "one object where it has all of the type",
    parent: token(["coder:all"], { allow_list: ["api_key:*", "workspace:*"] }),
    wished: { allowList: [W1] },
  },
  {
    what: "the helper types that a composite brings along, which its own list leaves out",
    parent: token(["coder:all"], { allow_list: ["api_key:*", "organization_member:*", T1, W1] }),
    wished: { scopes: ["coder:workspaces.access"], allowList: [W1] },
    excess: { allow_list: "template:* (by coder:workspaces.access)" },
  },
  {
    what: "a life as long as its own",
    parent: token(["coder:all"]),
    wished: { lifetimeMs: 24 * HOUR },
  },
  {
    what: "a longer life",
    parent: token(["coder:all"]),
    wished: { lifetimeMs: 24 * HOUR + 1 },
    excess: { lifetime: `ends after ${OVER}` },
  },
  {
    what: "all of these at once",
    parent: token(["api_key:create"], { allow_list: ["api_key:*"] }),
    wished: { scopes: ["api_key:create", "workspace:*"], allowList: [W1], lifetimeMs: 48 * HOUR },
    excess: { scopes: "workspace:*", allow_list: W1, lifetime: `ends after ${OVER}` },
  },
  {
    what: "what its boundary permits beyond its own scopes",
    parent: token(["api_key:create"], {
      boundary: { scopes: ["workspace:*"], allow_list: [W1], expires_at: hoursAhead(48).toISOString() },
    }),
    wished: { scopes: ["workspace:ssh"], allowList: [W1], lifetimeMs: 48 * HOUR },
  },
  {
    what: "what it holds itself when its boundary leaves it out",
    parent: token(["api_key:create", "workspace:read"], { boundary: { scopes: ["template:read"], allow_list: null, expires_at: null } }),
    wished: { scopes: ["workspace:read"] },
    excess: { scopes: "workspace:read" },
  },
  {
    what: "what its own boundary permits and its parent's does not",
    parent: token(["coder:all"], {
      ceilings: [{ key_id: "token00000", scopes: ["workspace:read", "api_key:create"], allow_list: ["*:*"], expires_at: OVER }],
    }),
    wished: { scopes: ["workspace:read", "workspace:start"] },
    excess: { scopes: "workspace:start" },
  },
  {
    what: "anything while a scope of its parent is unknown to this program",
    parent: token(["coder:all"], {
      ceilings: [{ key_id: "token00000", scopes: ["moon:read"], allow_list: ["*:*"], expires_at: OVER }],
    }),
    wished: { scopes: ["workspace:read"] },
    excess: { scopes: "workspace:read", allow_list: "*:*" },
  },
];

describe("a token", () => {
  for (const { what, parent, wished, excess } of CASES)
    test(`${excess === undefined ? "mints" : "may not mint"} ${what}`, () => {
      const error = thrown(() => planToken(parent, wish(wished), MEMBER, TERMS));
      if (excess === undefined) return expect(error).toBeUndefined();
      expect(error).toBeInstanceOf(BeyondGrantError);
      if (!(error instanceof BeyondGrantError)) return;
      expect(Object.fromEntries(error.fields.map(({ field, detail }) => [field, detail]))).toEqual(excess);
      for (const detail of Object.values(excess)) expect(error.message).toContain(detail);
    });

  test("gives its child the end that is nearest, when nobody says for how long", () => {
    const near = hoursAhead(3).toISOString();
    const parent = token(["coder:all"], {
      ceilings: [{ key_id: "token00000", scopes: ["coder:all"], allow_list: ["*:*"], expires_at: near }],
    });
    expect(planToken(parent, wish(), MEMBER, TERMS).expiresAt).toEqual(hoursAhead(3));
    expect(planToken(token(["coder:all"]), wish(), MEMBER, TERMS).expiresAt).toEqual(hoursAhead(24));
  });

  test("hands its boundary and its own ceilings on, nearest first", () => {
    const above = { key_id: "token00000", scopes: ["coder:all"], allow_list: ["*:*"], expires_at: hoursAhead(90).toISOString() };
    const parent = token(["api_key:*"], {
      boundary: { scopes: ["workspace:*"], allow_list: null, expires_at: null },
      ceilings: [above],
    });
    expect(planToken(parent, wish({ scopes: ["workspace:read"] }), MEMBER, TERMS)).toMatchObject({
      ceilings: [{ key_id: "token00001", scopes: ["workspace:*"], allow_list: ["*:*"], expires_at: OVER }, above],
      usedBoundary: true,
    });
  });

  test("whose boundary has ended mints nothing", () => {
    const boundary = { scopes: null, allow_list: null, expires_at: NOW.toISOString() };
    expect(() => planToken(token(["coder:all"], { boundary }), wish(), MEMBER, TERMS)).toThrow(BeyondGrantError);
  });

  test("mints for nobody else", () => {
    expect(() => planToken(token(["coder:all"]), wish(), { id: BOB, siteRoles: [] }, TERMS)).toThrow("for its own user only");
  });

  test("sets no boundary, not even its own", () => {
    const boundary = { scopes: ["workspace:read"], allow_list: null, expires_at: null };
    expect(() => planToken(token(["coder:all"]), wish({ boundary }), MEMBER, TERMS)).toThrow("only a session sets a boundary");
  });

  test("makes no session, though it may do everything", () => {
    expect(() => planSession(token(["coder:all"]), MEMBER, TERMS)).toThrow(BeyondGrantError);
    expect(planSession(SESSION, MEMBER, TERMS)).toEqual({ lifetimeMs: 168 * HOUR });
  });

  test("is the last of its chain after sixteen", () => {
    const ceiling = { key_id: "token00000", scopes: ["coder:all"], allow_list: ["*:*"], expires_at: OVER };
    const behind = (length: number) => token(["coder:all"], { ceilings: Array.from({ length }, () => ceiling) });
    expect(planToken(behind(MAX_CHAIN - 1), wish(), MEMBER, TERMS).ceilings).toHaveLength(MAX_CHAIN);
    expect(() => planToken(behind(MAX_CHAIN), wish(), MEMBER, TERMS)).toThrow("16 tokens between this one and a session");
  });
});
