import { describe, expect, test } from "vitest";
import { findCredential, isAlsoOutsideCookie, SESSION_COOKIE } from "./credentials.ts";

type Request = Parameters<typeof findCredential>[0];

function request(parts: Partial<Request> = {}): Request {
  return { cookies: {}, headers: {}, query: {}, ws: false, ...parts };
}

/** All places at once, the first that counts at the front. */
const EVERYWHERE = {
  cookies: { [SESSION_COOKIE]: "cookie" },
  headers: { "coder-session-token": "header", authorization: "Bearer bearer" },
  query: { coder_session_token: "query", access_token: "access" },
};

describe("of several credentials the first counts:", () => {
  for (const { what, parts, found } of [
    { what: "the cookie before all others", parts: { ...EVERYWHERE, ws: true }, found: { text: "cookie", from: "cookie" } },
    { what: "the query's session", parts: { ...EVERYWHERE, cookies: {}, ws: true }, found: { text: "query", from: "query" } },
    {
      what: "the header of its own",
      parts: { ...EVERYWHERE, cookies: {}, query: { access_token: "access" }, ws: true },
      found: { text: "header", from: "header" },
    },
    {
      what: "the bearer",
      parts: { headers: { authorization: "Bearer bearer" }, query: { access_token: "access" }, ws: true },
      found: { text: "bearer", from: "header" },
    },
    { what: "the query's access token", parts: { query: { access_token: "access" }, ws: true }, found: { text: "access", from: "query" } },
  ] as const)
    test(what, () => expect(findCredential(request(parts))).toEqual(found));
});

test("an empty one is none, and the next is looked at", () => {
  const parts = { cookies: { [SESSION_COOKIE]: "" }, headers: { "coder-session-token": "", authorization: "bearer  b" } };
  expect(findCredential(request(parts))).toEqual({ text: "b", from: "header" });
});

for (const { what, parts } of [
  { what: "nothing", parts: {} },
  { what: "a query without a websocket", parts: { query: EVERYWHERE.query } },
  { what: "a list in the query", parts: { query: { access_token: ["a", "b"] }, ws: true } },
  { what: "another way to authorize", parts: { headers: { authorization: "Basic YTpi" } } },
  { what: "a bearer of nothing", parts: { headers: { authorization: "Bearer " } } },
  { what: "a bearer of two", parts: { headers: { authorization: "Bearer a b" } } },
  { what: "another cookie", parts: { cookies: { session: "a" } } },
])
  test(`${what} is no credential`, () => expect(findCredential(request(parts))).toBeUndefined());

test("a page proves that it knows the session by sending it again outside of the cookie", () => {
  const header = request({ headers: { "coder-session-token": "s" } });
  expect([isAlsoOutsideCookie(header, "s"), isAlsoOutsideCookie(header, "t")]).toEqual([true, false]);
  const query = { query: { coder_session_token: "s" } };
  expect(isAlsoOutsideCookie(request({ ...query, ws: true }), "s")).toBe(true);
  expect(isAlsoOutsideCookie(request(query), "s")).toBe(false);
});
