import { expect, test } from "vitest";
import { upkeepOf } from "./key-upkeep-rules.ts";

const NOW = new Date("2030-01-01T12:00:00.000Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const USE = { ipAddress: "192.0.2.1" };
const ACTIVE = { status: "active" } as const;

function ahead(ms: number): Date {
  return new Date(NOW.getTime() + ms);
}

/** Of a day, used just now and begun just now, unless said otherwise. */
function session(more: Partial<Parameters<typeof upkeepOf>[0]> = {}): Parameters<typeof upkeepOf>[0] {
  return { last_used: NOW, lifetime_seconds: 86_400, token_name: "", login_type: "password", expires_at: ahead(24 * HOUR), ...more };
}

for (const { when, key, user = ACTIVE, use = USE } of [
  { when: "it was used less than a minute ago", key: session({ last_used: ahead(1 - MINUTE) }) },
  { when: "the session has lost less than an hour", key: session({ expires_at: ahead(23 * HOUR + 1) }) },
  { when: "a token nears its end", key: session({ login_type: "token", token_name: "t", expires_at: ahead(HOUR) }) },
  { when: "nobody asked for anything", key: session({ expires_at: ahead(HOUR) }), use: { ...USE, slideExpiry: false } },
  { when: "its user is suspended", key: session(), user: { status: "suspended" } as const },
]) {
  test(`writes nothing when ${when}`, () => expect(upkeepOf(key, user, NOW, use)).toBeUndefined());
}

test("a key that was not used for a minute is written as used, unless somebody has just done so", () => {
  expect(upkeepOf(session({ last_used: ahead(-MINUTE) }), ACTIVE, NOW, USE)).toEqual({
    at: NOW,
    ipAddress: "192.0.2.1",
    slidesTo: undefined,
    ifLastUsedBy: ahead(-MINUTE),
    ifEndsBy: undefined,
  });
});

test("a session that has lost an hour of its life gets it back, unless somebody has just given it", () => {
  expect(upkeepOf(session({ expires_at: ahead(23 * HOUR) }), ACTIVE, NOW, USE)).toEqual({
    at: NOW,
    ipAddress: "192.0.2.1",
    slidesTo: ahead(24 * HOUR),
    ifLastUsedBy: undefined,
    ifEndsBy: ahead(23 * HOUR),
  });
});

test("a dormant user is woken by a key that was used a moment ago", () => {
  expect(upkeepOf(session(), { status: "dormant" }, NOW, USE)).toMatchObject({ slidesTo: undefined, ifLastUsedBy: undefined });
});
