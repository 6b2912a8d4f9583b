import { Check } from "typebox/value";
import { expect, onTestFinished, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { BuildInfoResponse } from "#sdk/build-info.ts";
import { Client } from "#sdk/client.ts";
import { AuthMethods, User } from "#sdk/users.ts";
import { call, OWNER, openServerWorld } from "#test/server/server-world.ts";

async function world(...options: Parameters<typeof openServerWorld>) {
  const opened = await openServerWorld(...options);
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

test("tells everybody that it lives, what it is, and how to log in", async () => {
  const { url } = await world();
  const health = await call(url, "GET", "/healthz");
  expect([health.status, health.text, health.headers.get("content-type")]).toEqual([200, "OK", "text/plain; charset=utf-8"]);
  const info = await call(url, "GET", "/api/v2/buildinfo");
  expect(Check(BuildInfoResponse, info.json)).toBe(true);
  expect(info.json).toMatchObject({ agent_api_version: "1.0", dashboard_url: url, workspace_proxy: false });
  expect(info.headers.get("x-coder-build-version")).toBe(info.json.version);
  expect(info.headers.get("x-coder-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(info.headers.get("x-content-type-options")).toBe("nosniff");
  expect(Check(AuthMethods, (await call(url, "GET", "/api/v2/users/authmethods")).json)).toBe(true);
});

test("sets up the first user once, and the next one not", async () => {
  const { url, client } = await world();
  expect(await client.hasFirstUser()).toBe(true);
  const again = await call(url, "POST", "/api/v2/users/first", { ...OWNER, username: "bob", email: "bob@example.com" });
  expect(again.status).toBe(409);
  const me = await client.getUser("me");
  expect(Check(User, me)).toBe(true);
  expect(me).toMatchObject({ username: "ann", email: OWNER.email, status: "active", login_type: "password" });
  expect(me.roles).toEqual([{ name: "owner", display_name: "Owner" }]);
  expect(await client.listUserOrganizations("me")).toMatchObject([{ id: me.organization_ids[0], is_default: true }]);
});

for (const { what, change, field } of [
  { what: "a weak password", change: { password: "password" }, field: "password" },
  { what: "a name with a space", change: { username: "ann lee" }, field: "username" },
  { what: "a reserved name", change: { username: "new" }, field: "username" },
  { what: "no e-mail address", change: { email: "ann" }, field: "email" },
  { what: "no password", change: { password: null }, field: "password" },
]) {
  test(`refuses a first user with ${what}, and names the field`, async () => {
    const { url } = await world();
    const { status, json } = await call(url, "POST", "/api/v2/users/first", { ...OWNER, ...change });
    expect(status).toBe(400);
    expect(json.message).toBe("Validation failed.");
    expect(json.validations).toEqual([{ field, detail: expect.any(String) }]);
  });
}

test("gives one answer for an unknown e-mail and for a wrong password", async () => {
  const { url } = await world();
  const attempts = [
    { email: OWNER.email, password: "wrong" },
    { email: "nobody@example.com", password: OWNER.password },
  ];
  const [wrong, unknown] = await Promise.all(attempts.map((body) => call(url, "POST", "/api/v2/users/login", body)));
  expect(wrong?.status).toBe(401);
  expect(unknown?.text).toBe(wrong?.text);
});

test("a session is `<id>-<secret>`, works as cookie, header and bearer, and ends at logout", async () => {
  const { url, sessionToken, client } = await world();
  expect(sessionToken).toMatch(/^[0-9A-Za-z]{10}-pvs_[0-9A-Za-z]{49}$/);
  const me = "/api/v2/users/me";
  const places: [string, Record<string, string>][] = [
    [me, { Cookie: `coder_session_token=${sessionToken}` }],
    [me, { "Coder-Session-Token": sessionToken }],
    [me, { Authorization: `Bearer ${sessionToken}` }],
  ];
  const statuses = async () =>
    Promise.all(places.map(async ([path, headers]) => (await call(url, "GET", path, undefined, headers)).status));
  expect(await statuses()).toEqual([200, 200, 200]);
  // The first place that is filled counts, right or wrong.
  const shadowed = await call(url, "GET", me, undefined, { Cookie: "coder_session_token=x", "Coder-Session-Token": sessionToken });
  expect(shadowed.status).toBe(401);
  await client.logOut();
  expect(await statuses()).toEqual([401, 401, 401]);
});

test("all wrong credentials get the same answer", async () => {
  const { url, sessionToken } = await world();
  const [id] = sessionToken.split("-");
  const wrong = [
    "garbled",
    `${id}-${formatSecret("session")}`,
    `${id}-${formatSecret("token")}`,
    `0123456789-${formatSecret("session")}`,
    `${sessionToken}x`,
    formatSecret("agent"),
  ];
  const answers = await Promise.all(
    [undefined, ...wrong].map((token) =>
      call(url, "GET", "/api/v2/users/me", undefined, token === undefined ? {} : { "Coder-Session-Token": token }),
    ),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([401]));
  expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
  expect(answers[0]?.headers.get("www-authenticate")).toBe('Bearer realm="coder"');
});

test("a cookie alone changes nothing without its proof", async () => {
  const { url } = await world();
  const login = await call(url, "POST", "/api/v2/users/login", OWNER);
  const cookies = login.headers.getSetCookie();
  expect(cookies[0]).toMatch(/^coder_session_token=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  const cookie = cookies.map((set) => set.split(";")[0]).join("; ");
  const proof = /csrf_token=([^;]+)/.exec(cookie)?.[1] ?? "";
  const put = (headers: Record<string, string>) =>
    call(url, "PUT", "/api/v2/users/me/gitsshkey", undefined, { Cookie: cookie, ...headers });
  const forged = await put({});
  expect([forged.status, forged.headers.get("content-type")]).toEqual([400, "text/plain; charset=utf-8"]);
  expect((await put({ "X-CSRF-TOKEN": `${proof}x` })).status).toBe(400);
  expect((await put({ "X-CSRF-TOKEN": proof })).status).toBe(200);
  expect((await put({ "Coder-Session-Token": login.json.session_token })).status).toBe(200);
  expect((await call(url, "GET", "/api/v2/users/me", undefined, { Cookie: cookie })).status).toBe(200);
});

test("limits logins, and says so", async () => {
  const { url } = await world({ rateLimits: { login: 2, files: 0 } });
  const login = () => call(url, "POST", "/api/v2/users/login", { email: "x@example.com", password: "x" });
  // The world itself has logged in once.
  expect((await login()).status).toBe(401);
  const limited = await login();
  expect(limited.status).toBe(429);
  expect(limited.json.message).toEqual(expect.any(String));
  expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("moves a session on with each use, and ends an idle one after a day", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { url, sessionToken } = await world({ now: () => new Date(now) });
  const status = async () => (await call(url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": sessionToken })).status;
  for (let hours = 0; hours < 60; hours += 20) {
    expect(await status()).toBe(200); // each use moves the end on
    now += 20 * 3_600_000;
  }
  now += 5 * 3_600_000;
  expect(await status()).toBe(401);
});

test("writes no credential into its log", async () => {
  const { url, sessionToken, logged, client } = await world();
  await call(url, "GET", `/api/v2/users/me?coder_session_token=${sessionToken}`);
  await call(url, "GET", `/api/v2/users/${sessionToken}`, undefined, { Authorization: `Bearer ${sessionToken}` });
  await call(url, "POST", "/api/v2/users/login", { ...OWNER, password: "hunter2-hunter2" });
  await client.logOut();
  const secret = sessionToken.split("-")[1] ?? "";
  expect(logged()).toContain('"path":"/api/v2/users/me"');
  for (const hidden of [secret, OWNER.password, "hunter2-hunter2"]) expect(logged()).not.toContain(hidden);
});

test("answers in the API's own form, whatever is wrong with a request", async () => {
  const { url, call: asOwner } = await world();
  const unknown = await call(url, "GET", "/api/v2/no/such/route");
  expect([unknown.status, unknown.json]).toEqual([404, { message: "Route not found." }]);
  const unreadable = await call(url, "GET", "/api/v2/users/%ff");
  expect([unreadable.status, unreadable.json.message]).toEqual([400, expect.any(String)]);
  const noUser = await asOwner("GET", "/api/v2/users/nobody");
  expect([noUser.status, noUser.json.validations]).toEqual([400, [{ field: "user", detail: expect.any(String) }]]);
  const noJson = await asOwner("POST", "/api/v2/users/login", Buffer.from("{"));
  expect([noJson.status, noJson.json.message]).toEqual([400, "Request body must be valid JSON."]);
  const wrongType = await asOwner("POST", "/api/v2/users/login", { email: 1, password: "x" });
  expect([wrongType.status, wrongType.json.message]).toEqual([400, "Request body must be valid JSON."]);
  const badQuery = await asOwner("GET", "/api/v2/workspaces?limit=-1&offset=x");
  expect(badQuery.json.validations.map(({ field }: { field: string }) => field).toSorted()).toEqual(["limit", "offset"]);
  const badSearch = await asOwner("GET", "/api/v2/workspaces?q=colour:red");
  expect([badSearch.status, badSearch.json.validations[0].field]).toEqual([400, "colour"]);
  const badId = await asOwner("GET", "/api/v2/templates/not-a-uuid");
  expect([badId.status, badId.json.validations]).toEqual([400, [{ field: "template", detail: expect.any(String) }]]);
  const missing = await asOwner("GET", "/api/v2/templates/11111111-1111-4111-8111-111111111111");
  const other = await asOwner("GET", "/api/v2/workspaces/11111111-1111-4111-8111-111111111111");
  expect([missing.status, other.status, missing.text]).toEqual([404, 404, other.text]);
});

test("the client tells a refusal by its status, and its fields", async () => {
  const { url, client } = await world();
  await expect(new Client(url).getUser("me")).rejects.toMatchObject({ name: "ApiError", status: 401 });
  await expect(client.getUser("nobody")).rejects.toMatchObject({ status: 400, validations: [{ field: "user" }] });
});
