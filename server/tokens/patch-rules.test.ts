import { describe, expect, test } from "vitest";
import { BeyondGrantError, InvalidInputError } from "../errors.ts";
import type { HeldKey } from "../keys/grants.ts";
import { HOUR, hoursAhead, MEMBER, NOW, patch, SESSION, TERMS, token, W1, W2 } from "./keys.fixture.ts";
import { patchToken } from "./patch-rules.ts";
import type { TokenPatch } from "./token-request.ts";

const OWNER = { ...MEMBER, siteRoles: ["owner"] };

function change(caller: HeldKey, target: HeldKey, wanted: Partial<TokenPatch>, user = MEMBER) {
  return patchToken({ caller, callerRoles: user.siteRoles, token: target, patch: patch(wanted), user: MEMBER }, TERMS);
}

/** Another token of the same user. */
const other = (scopes: readonly string[], more: Partial<HeldKey> = {}) => token(scopes, { ...more, id: "token00002", token_name: "other" });

interface Case {
  readonly what: string;
  readonly caller: HeldKey;
  readonly target: HeldKey;
  readonly wanted: Partial<TokenPatch>;
  /** Undefined: succeeds. Otherwise part of the refusal. */
  readonly refusal?: string;
}

const UPDATER = other(["api_key:update", "workspace:read"]);
const CASES: readonly Case[] = [
  { what: "a session widens a token", caller: SESSION, target: token(["workspace:read"]), wanted: { scopes: ["workspace:ssh"] } },
  {
    what: "a session lets a token live longer",
    caller: SESSION,
    target: token(["workspace:read"]),
    wanted: { lifetimeMs: 1_000 * HOUR },
  },
  {
    what: "a session widens a token beyond the one that minted it",
    caller: SESSION,
    target: token(["workspace:read"], {
      ceilings: [{ key_id: "token00000", scopes: ["workspace:read"], allow_list: ["*:*"], expires_at: hoursAhead(24).toISOString() }],
    }),
    wanted: { scopes: ["workspace:read", "workspace:ssh"] },
    refusal: "scopes: workspace:ssh",
  },
  {
    what: "a session lets a token outlive the one that minted it",
    caller: SESSION,
    target: token(["workspace:read"], {
      ceilings: [{ key_id: "token00000", scopes: ["workspace:read"], allow_list: ["*:*"], expires_at: hoursAhead(24).toISOString() }],
    }),
    wanted: { lifetimeMs: 25 * HOUR },
    refusal: "lifetime: ends after",
  },
  {
    what: "a session gives a token a boundary beyond the one that minted it",
    caller: SESSION,
    target: token(["workspace:read"], {
      ceilings: [{ key_id: "token00000", scopes: ["workspace:read"], allow_list: ["*:*"], expires_at: hoursAhead(24).toISOString() }],
    }),
    wanted: { boundary: { scopes: ["workspace:ssh"], allow_list: null, expires_at: null } },
    refusal: "may hand on would go beyond what it may be given: scopes: workspace:ssh",
  },
  {
    what: "a session narrows a token that holds more than the one that minted it",
    caller: SESSION,
    target: token(["workspace:read", "workspace:ssh"], {
      ceilings: [{ key_id: "token00000", scopes: ["workspace:read"], allow_list: ["*:*"], expires_at: hoursAhead(24).toISOString() }],
    }),
    wanted: { scopes: ["workspace:ssh"] },
  },
  {
    what: "a token narrows another",
    caller: UPDATER,
    target: token(["template:read", "workspace:ssh"]),
    wanted: { scopes: ["template:read"] },
  },
  { what: "a token describes another", caller: UPDATER, target: token(["coder:all"]), wanted: { description: "x" } },
  {
    what: "a token widens another within what it holds",
    caller: UPDATER,
    target: token(["api_key:update"]),
    wanted: { scopes: ["api_key:update", "workspace:read"] },
  },
  {
    what: "a token widens another, which keeps what the first does not hold",
    caller: UPDATER,
    target: token(["template:read"]),
    wanted: { scopes: ["template:read", "workspace:read"] },
    refusal: "scopes: template:read",
  },
  {
    what: "a token widens another beyond itself",
    caller: UPDATER,
    target: token(["workspace:read"]),
    wanted: { scopes: ["workspace:read", "workspace:ssh"] },
    refusal: "scopes: workspace:ssh",
  },
  {
    what: "a token widens another's list beyond its own",
    caller: other(["api_key:update", "workspace:read"], { allow_list: ["api_key:*", W1] }),
    target: token(["workspace:read"], { allow_list: [W1] }),
    wanted: { allowList: [W1, W2] },
    refusal: `allow_list: ${W2}`,
  },
  {
    what: "a token lets another live longer than itself",
    caller: UPDATER,
    target: token(["workspace:read"], { expires_at: hoursAhead(1) }),
    wanted: { lifetimeMs: 25 * HOUR },
    refusal: "lifetime: ends after",
  },
  {
    what: "a token widens another's list, and with it what that one may hand on",
    caller: other(["api_key:update", "workspace:read"]),
    target: token(["workspace:read"], { allow_list: [W1], boundary: { scopes: ["workspace:*"], allow_list: null, expires_at: null } }),
    wanted: { allowList: [W1, W2] },
    refusal: "what the changed token may hand on",
  },
  {
    what: "a token sets a boundary",
    caller: other(["coder:all"]),
    target: token(["workspace:read"]),
    wanted: { boundary: { scopes: ["workspace:read"], allow_list: null, expires_at: null } },
    refusal: "only a session can set a boundary",
  },
  {
    what: "a token takes a boundary away",
    caller: other(["coder:all"]),
    target: token(["coder:all"], { boundary: { scopes: ["workspace:read"], allow_list: null, expires_at: null } }),
    wanted: { boundary: null },
    refusal: "only a session can set a boundary",
  },
  {
    what: "a token narrows itself",
    caller: token(["api_key:update", "workspace:*"]),
    target: token(["api_key:update", "workspace:*"]),
    wanted: { scopes: ["workspace:read"] },
  },
  {
    what: "a token widens itself to what its boundary permits",
    caller: token(["api_key:update"], { boundary: { scopes: ["coder:all"], allow_list: null, expires_at: null } }),
    target: token(["api_key:update"], { boundary: { scopes: ["coder:all"], allow_list: null, expires_at: null } }),
    wanted: { scopes: ["api_key:update", "workspace:read"] },
    refusal: "changes itself would go beyond what it may be given: scopes: workspace:read",
  },
  {
    what: "a token lets itself live longer",
    caller: token(["coder:all"]),
    target: token(["coder:all"]),
    wanted: { lifetimeMs: 25 * HOUR },
    refusal: "changes itself",
  },
  {
    what: "a member's session raises a token to everything",
    caller: SESSION,
    target: token(["workspace:read"]),
    wanted: { scopes: ["coder:all"] },
    refusal: "only an owner can give a token coder:all",
  },
  {
    what: "a member's session raises a token to a wildcard",
    caller: SESSION,
    target: token(["workspace:read"]),
    wanted: { scopes: ["workspace:read", "workspace:*"] },
    refusal: "only an owner can give a token workspace:*",
  },
  {
    what: "a member's session raises a token by its list",
    caller: SESSION,
    target: token(["workspace:*"], { allow_list: [W1] }),
    wanted: { allowList: ["*:*"] },
    refusal: "only an owner can give a token workspace:*",
  },
  {
    what: "a member's session raises what a token may hand on",
    caller: SESSION,
    target: token(["workspace:read"]),
    wanted: { boundary: { scopes: ["coder:all"], allow_list: null, expires_at: null } },
    refusal: "only an owner can give a token coder:all",
  },
  {
    what: "a member's session gives a wildcard on a narrowed list",
    caller: SESSION,
    target: token(["workspace:read"], { allow_list: [W1] }),
    wanted: { scopes: ["workspace:*"] },
  },
  {
    what: "a member's session narrows everything to a wildcard",
    caller: SESSION,
    target: token(["coder:all"]),
    wanted: { scopes: ["workspace:*"] },
  },
  {
    what: "a member's session lets a token of everything live longer",
    caller: SESSION,
    target: token(["coder:all"]),
    wanted: { lifetimeMs: 100 * HOUR },
  },
];

describe("a patch", () => {
  for (const { what, caller, target, wanted, refusal } of CASES)
    test(`by which ${what} is ${refusal === undefined ? "taken" : "refused"}`, () => {
      if (refusal === undefined) return expect(() => change(caller, target, wanted)).not.toThrow();
      expect(() => change(caller, target, wanted)).toThrow(BeyondGrantError);
      expect(() => change(caller, target, wanted)).toThrow(refusal);
    });

  test("by an owner can give a token everything, but not more than the one that minted it", () => {
    expect(change(SESSION, token(["workspace:read"]), { scopes: ["coder:all"] }, OWNER).scopes).toEqual(["coder:all"]);
    const ceilings = [{ key_id: "token00000", scopes: ["workspace:*"], allow_list: ["*:*"], expires_at: hoursAhead(24).toISOString() }];
    expect(() => change(SESSION, token(["workspace:read"], { ceilings }), { scopes: ["coder:all"] }, OWNER)).toThrow("scopes: coder:all");
  });

  test("refuses a lifetime above the user's maximum, in the words for a change", () =>
    expect(() => change(SESSION, token(["moon:read"]), { lifetimeMs: 2_000_000 * HOUR })).toThrow("update API key"));

  test("keeps what it does not name, and counts a lifetime from now", () => {
    const target = token(["workspace:read"], { allow_list: [W1], boundary: { scopes: null, allow_list: [W1], expires_at: null } });
    expect(change(SESSION, target, { lifetimeMs: HOUR })).toEqual({
      scopes: ["workspace:read"],
      allow_list: [W1],
      boundary: target.boundary,
      expires_at: hoursAhead(1),
    });
  });

  test("of an ended token is an invalid request, whoever sends it", () => {
    const ended = token(["workspace:read"], { expires_at: NOW });
    expect(() => change(SESSION, ended, { lifetimeMs: HOUR })).toThrow(InvalidInputError);
    expect(() => change(UPDATER, ended, { scopes: ["coder:all"] })).toThrow(InvalidInputError);
  });

  test("repairs a token whose scope this program does not know, if a session sends it", () => {
    expect(change(SESSION, token(["moon:read"]), { scopes: ["workspace:read"] }).scopes).toEqual(["workspace:read"]);
    expect(() => change(UPDATER, token(["moon:read"]), { lifetimeMs: HOUR })).toThrow(BeyondGrantError);
  });
});
