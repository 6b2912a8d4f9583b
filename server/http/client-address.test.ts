/** Requests through reverse proxies, played by headers: the connection itself comes from 127.0.0.1. */
import { expect, test } from "vitest";
import { call, OWNER, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

const PROXY = { origins: ["127.0.0.0/8"], headers: ["X-Forwarded-For"] };

async function addressesSeen(world: ServerWorld, forwarded: string) {
  const headers = { "X-Forwarded-For": forwarded, "X-Real-IP": "9.9.9.9" };
  const login = await call(world.url, "POST", "/api/v2/users/login", OWNER, headers);
  expect(login.status).toBe(201);
  const session = { ...headers, "Coder-Session-Token": login.json.session_token };
  const [entry] = (await call(world.url, "GET", "/api/v2/audit?q=action:login&limit=1", undefined, session)).json.audit_logs;
  expect(entry.action).toBe("login");
  const minted = await call(world.url, "POST", "/api/v2/users/me/keys/tokens", { token_name: forwarded }, session);
  await call(world.url, "GET", "/api/v2/users/me", undefined, { ...headers, "Coder-Session-Token": minted.json.key });
  const usage = (await call(world.url, "GET", `/api/v2/users/me/keys/tokens/${encodeURIComponent(forwarded)}/usage`, undefined, session))
    .text;
  return { entry: entry.ip, usage };
}

test("a trusted proxy's client is who signed in, in the audit log and in the record of usage", async () => {
  await using world = await openServerWorld({ trustedProxies: PROXY });
  const seen = await addressesSeen(world, "6.6.6.6, 203.0.113.7");
  expect(seen.entry).toBe("203.0.113.7");
  expect(seen.usage).toContain("203.0.113.7");
  expect(seen.usage).not.toContain("6.6.6.6");
  await expect.poll(() => world.logged()).toContain('"remote":"203.0.113.7"');
});

for (const { what, trustedProxies } of [
  { what: "nobody is trusted", trustedProxies: undefined },
  { what: "another network is trusted", trustedProxies: { ...PROXY, origins: ["10.0.0.0/8"] } },
  { what: "another header is trusted", trustedProxies: { ...PROXY, headers: ["CF-Connecting-IP"] } },
])
  test(`what a client claims counts for nothing if ${what}`, async () => {
    await using world = await openServerWorld(trustedProxies === undefined ? {} : { trustedProxies });
    const seen = await addressesSeen(world, "203.0.113.7");
    expect(seen.entry).toBe("127.0.0.1");
    expect(seen.usage).not.toContain("203.0.113.7");
    expect(world.logged()).not.toContain("203.0.113.7");
  });

test("behind a proxy, one client's logins do not use up the limit of the others", async () => {
  await using world = await openServerWorld({ trustedProxies: PROXY, rateLimits: { login: 3, files: 0 } });
  const login = (from: string, password = "wrong") =>
    call(world.url, "POST", "/api/v2/users/login", { email: "nobody@example.com", password }, { "X-Forwarded-For": from });
  const statuses = async (from: string) => [(await login(from)).status, (await login(from)).status, (await login(from)).status];
  expect(await statuses("203.0.113.7")).toEqual([401, 401, 401]);
  expect((await login("203.0.113.7")).status).toBe(429);
  expect((await login("203.0.113.8")).status).toBe(401);
  expect(await statuses("2001:db8::1")).toEqual([401, 401, 401]);
  expect((await login("2001:db8::2")).status, "a customer has 64 bits of addresses").toBe(429);
});

test("who guesses one account's password is slowed down, and does not lock its user out", async () => {
  await using world = await openServerWorld({ trustedProxies: PROXY, rateLimits: { login: 1_000, files: 0 } });
  const login = (from: string, password: string) =>
    call(world.url, "POST", "/api/v2/users/login", { email: OWNER.email, password }, { "X-Forwarded-For": from });
  expect((await login("198.51.100.1", OWNER.password)).status).toBe(201);
  const statuses: number[] = [];
  for (let round = 0; round < 12; round++) statuses.push((await login("203.0.113.19", "wrong")).status);
  expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  const refused = await login("203.0.113.19", OWNER.password);
  expect([refused.status, Number(refused.headers.get("retry-after"))]).toEqual([429, expect.any(Number)]);
  expect(refused.text).not.toContain(OWNER.password);
  expect((await login("198.51.100.1", OWNER.password)).status, "where the user has signed in before").toBe(201);
  expect((await login("192.0.2.55", OWNER.password)).status, "and at a new place").toBe(201);
  const other = { email: "nobody@example.com", password: "wrong" };
  const answer = await call(world.url, "POST", "/api/v2/users/login", other, { "X-Forwarded-For": "203.0.113.19" });
  expect(answer.status, "another account").toBe(401);
}, 60_000);

test("a server does not start with proxies that are none", async () => {
  const opening = openServerWorld({ trustedProxies: { origins: ["10.0.0.0/40"], headers: [] } });
  await expect(opening).rejects.toThrow('The trusted proxies are not valid: "10.0.0.0/40" is not a network');
});
