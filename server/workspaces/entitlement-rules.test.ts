import { describe, expect, test } from "vitest";
import { HOUR, hoursAhead, NOW, SESSION, token, W1 } from "../tokens/keys.fixture.ts";
import { type BuildRequest, entitle, type Withheld } from "./entitlement-rules.ts";

const USER = SESSION.user_id;
const asking = (change: Partial<BuildRequest> = {}): BuildRequest => ({
  owner: { id: USER, isActive: true },
  requester: { id: USER, isActive: true, isDeploymentOwner: false },
  asked: { with: "session", key: SESSION },
  mayStillAsk: true,
  isDaemonTrusted: true,
  ...change,
});
const FULL = { entitlement: { kind: "full" }, hasOwnersSecrets: true, withheld: undefined };
const none = (withheld: Withheld) => ({ entitlement: { kind: "none" }, hasOwnersSecrets: false, withheld });

describe("a build is entitled to everything", () => {
  test("if its owner requested it with a session", () => expect(entitle(asking(), NOW)).toEqual(FULL));
  test("if the server did, in its owner's name", () => expect(entitle(asking({ asked: { with: "nothing" } }), NOW)).toEqual(FULL));
  test("if an owner of the deployment requested it with a session", () => {
    const requester = { id: "boss", isActive: true, isDeploymentOwner: true };
    expect(entitle(asking({ requester, asked: { with: "session", key: { ...SESSION, user_id: "boss" as typeof USER } } }), NOW)).toEqual(
      FULL,
    );
  });
});

describe("a build is entitled to nothing of its owner's", () => {
  const others = { id: "other", isActive: true, isDeploymentOwner: false };
  for (const { what, change, because } of [
    { what: "on a daemon of somebody who could not get it", change: { isDaemonTrusted: false }, because: "from_daemon" },
    {
      what: "if its requester was suspended",
      change: { requester: { ...asking().requester, isActive: false } },
      because: "requester_inactive",
    },
    { what: "if its owner was", change: { owner: { id: USER, isActive: false } }, because: "owner_inactive" },
    { what: "if somebody else requested it", change: { requester: others }, because: "from_others" },
    { what: "if an agent did", change: { asked: { with: "agent" } }, because: "from_agent" },
    { what: "if the session is gone", change: { asked: { with: "session", key: undefined } }, because: "session_ended" },
    {
      what: "if the session has expired",
      change: { asked: { with: "session", key: { ...SESSION, expires_at: NOW } } },
      because: "session_ended",
    },
    { what: "if the token is gone", change: { asked: { with: "token", key: undefined } }, because: "token_ended" },
    {
      what: "if the token has expired",
      change: { asked: { with: "token", key: token(["coder:all"], { expires_at: NOW }) } },
      because: "token_ended",
    },
    {
      what: "if an ancestor of the token has ended",
      change: {
        asked: {
          with: "token",
          key: token(["coder:all"], {
            ceilings: [{ key_id: "a", scopes: ["coder:all"], allow_list: ["*:*"], expires_at: NOW.toISOString() }],
          }),
        },
      },
      because: "token_ended",
    },
    { what: "if its requester may no longer request it", change: { mayStillAsk: false }, because: "no_longer_allowed" },
  ] satisfies { what: string; change: Partial<BuildRequest>; because: Withheld }[])
    test(what, () => expect(entitle(asking(change), NOW)).toEqual(none(because)));
});

describe("a build that a token requested is entitled to", () => {
  test("what the token has, and what it and its ancestors may hand on", () => {
    const ceiling = { key_id: "a", scopes: ["workspace:*"], allow_list: ["*:*"], expires_at: hoursAhead(3).toISOString() };
    const boundary = { scopes: ["workspace:read"], allow_list: null, expires_at: null };
    const key = token(["workspace:start"], { allow_list: [W1], boundary, ceilings: [ceiling] });
    expect(entitle(asking({ asked: { with: "token", key } }), NOW)).toEqual({
      entitlement: {
        kind: "limited",
        grants: [
          { scopes: ["workspace:start"], allow_list: [W1], expires_at: hoursAhead(24).toISOString() },
          { scopes: ["workspace:read"], allow_list: [W1], expires_at: hoursAhead(24).toISOString() },
          { scopes: ["workspace:*"], allow_list: ["*:*"], expires_at: hoursAhead(3).toISOString() },
        ],
      },
      hasOwnersSecrets: false,
      withheld: "from_token",
    });
  });

  for (const { scopes, allow_list = ["*:*"], boundary = null, has } of [
    { scopes: ["coder:all"], has: true },
    { scopes: ["workspace:start", "user:read_personal"], has: true },
    { scopes: ["user:read_personal"], allow_list: [`user:${USER}`], has: true },
    { scopes: ["user:read_personal"], allow_list: ["user:33333333-0000-4000-8000-000000000003"], has: false },
    { scopes: ["workspace:*"], has: false },
    { scopes: ["coder:all"], boundary: { scopes: ["workspace:*"], allow_list: null, expires_at: null }, has: false },
    { scopes: ["coder:all"], boundary: { scopes: null, allow_list: null, expires_at: new Date(+NOW - HOUR).toISOString() }, has: false },
  ])
    test(`${has ? "" : "no "}personal data with ${JSON.stringify({ scopes, allow_list, boundary })}`, () => {
      const { entitlement, hasOwnersSecrets, withheld } = entitle(
        asking({ asked: { with: "token", key: token(scopes, { allow_list, boundary }) } }),
        NOW,
      );
      expect([entitlement.kind, hasOwnersSecrets, withheld]).toEqual(["limited", has, has ? undefined : "from_token"]);
    });
});
