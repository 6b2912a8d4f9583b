import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { APIKey, APIKeyWithOwner, TokenConfig } from "#sdk/api-keys.ts";
import { expectShape } from "#test/server/expect-shape.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

const HOUR_NS = 3_600_000_000_000;
const KEYS = "/api/v2/users/me/keys";
const MEMBER = { email: "bob@example.com", username: "bob", password: "Correct staple 7 horse!" };

let world: ServerWorld;
let bobs: string;
beforeAll(async () => {
  world = await openServerWorld();
  const { id } = (await world.call("GET", "/api/v2/organizations/default")).json;
  await world.call("POST", "/api/v2/users", { ...MEMBER, user_status: "active", organization_ids: [id] });
  bobs = (await call(world.url, "POST", "/api/v2/users/login", MEMBER)).json.session_token;
});
afterAll(() => world[Symbol.asyncDispose]());

const asBob = (method: string, path: string, body?: unknown) => call(world.url, method, path, body, { "Coder-Session-Token": bobs });
const idOf = (key: string) => key.slice(0, 10);

async function create(body: object): Promise<string> {
  const { status, json, text } = await asBob("POST", `${KEYS}/tokens`, body);
  expect(status, text).toBe(201);
  expect(Object.keys(json)).toEqual(["key"]);
  return json.key;
}

test("a token is shown once, and described by name and by id alike", async () => {
  const key = await create({
    lifetime: 2 * HOUR_NS,
    scopes: ["workspace:read", "all"],
    token_name: "night ly/1",
    allow_list: [{ type: "workspace", id: "*" }],
    description: "for the night",
    boundary: { scopes: ["workspace:read"], expires_at: new Date(Date.now() + 3_600_000).toISOString() },
  });
  expect(key).toMatch(/^[0-9A-Za-z]{10}-pvt_[0-9A-Za-z]{49}$/);
  const byName = await asBob("GET", `${KEYS}/tokens/${encodeURIComponent("night ly/1")}`);
  const byId = await asBob("GET", `${KEYS}/${idOf(key)}`);
  expect(byName.json).toEqual(byId.json);
  expectShape(APIKey, byId.json);
  expect(byId.json).toMatchObject({
    id: idOf(key),
    last_used: "1970-01-01T00:00:00.000Z",
    login_type: "token",
    scope: "all",
    scopes: ["workspace:read", "coder:all"],
    allow_list: [{ type: "workspace", id: "*" }],
    token_name: "night ly/1",
    lifetime_seconds: 7_200,
    description: "for the night",
    boundary: { scopes: ["workspace:read"] },
    minted_by: idOf(bobs),
  });
  expect(byId.text).not.toContain(key.slice(11));
});

test("a session is described too, with the fields of tokens empty", async () => {
  const { json } = await asBob("GET", `${KEYS}/${idOf(bobs)}`);
  expectShape(APIKey, json);
  expect(json).toMatchObject({ login_type: "password", token_name: "", scopes: ["coder:all"], allow_list: [{ type: "*", id: "*" }] });
  expect(json).not.toHaveProperty("boundary");
  expect(json).not.toHaveProperty("minted_by");
});

test("only one value of the older field means less than all", async () => {
  const scopeOf = async (body: object) => (await asBob("GET", `${KEYS}/${idOf(await create(body))}`)).json.scope;
  expect(await scopeOf({ scope: "application_connect" })).toBe("application_connect");
  expect(await scopeOf({ scopes: ["workspace:read"] })).toBe("all");
});

test("tokens are listed with their owners: one's own, everybody's, ended ones on request", async () => {
  const ended = await create({ token_name: "ended" });
  await asBob("PUT", `${KEYS}/${idOf(ended)}/expire`);
  await world.call("POST", `${KEYS}/tokens`, { token_name: "ann-s" });
  const list = async (by: typeof asBob, query: string): Promise<string[]> => {
    const { status, json } = await by("GET", `/api/v2/users/bob/keys/tokens${query}`);
    expect(status).toBe(200);
    for (const key of json) expectShape(APIKeyWithOwner, key);
    return json.map((key: APIKeyWithOwner) => `${key.username} ${key.token_name}`);
  };
  const own = await list(asBob, "");
  expect(own).not.toContain("bob ended");
  expect(new Set(own.map((line) => line.split(" ")[0]))).toEqual(new Set(["bob"]));
  expect(await list(asBob, "?include_expired=true")).toContain("bob ended");
  expect(await list(asBob, "?include_all=true")).toEqual(own);
  expect(await list(world.call, "")).toEqual(own);
  expect(await list(world.call, "?include_all=true")).toEqual([...own, "ann ann-s"]);
  expect((await asBob("GET", `${KEYS}/tokens?include_all=maybe`)).json.validations).toEqual([
    { field: "include_all", detail: expect.any(String) },
  ]);
});

test("the maximum lifetime of a user's tokens is given in nanoseconds, to the last digit", async () => {
  const own = await asBob("GET", `${KEYS}/tokens/tokenconfig`);
  expectShape(TokenConfig, own.json);
  expect(own.text).toBe('{"max_token_lifetime":3155760000000000000}\n');
  expect((await world.call("GET", "/api/v2/users/bob/keys/tokens/tokenconfig")).text).toBe(own.text);
  expect((await world.call("GET", `${KEYS}/tokens/tokenconfig`)).json.max_token_lifetime).toBe(168 * HOUR_NS);
  const key = await create({ lifetime: own.json.max_token_lifetime });
  expect((await asBob("GET", `${KEYS}/${idOf(key)}`)).json.lifetime_seconds).toBe(876_600 * 3_600);
});

test("a session key is created without signing in", async () => {
  const { status, json } = await asBob("POST", KEYS);
  expect(status).toBe(201);
  expect(json.key).toMatch(/^[0-9A-Za-z]{10}-pvs_/);
  expect((await call(world.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": json.key })).json.username).toBe("bob");
  expect((await asBob("GET", `${KEYS}/${idOf(json.key)}`)).json).toMatchObject({ lifetime_seconds: 168 * 3_600, login_type: "password" });
});

test("a change answers with the changed token, and keeps what is left out", async () => {
  await create({ token_name: "changed", scopes: ["workspace:read"], description: "before" });
  const patch = (body: object) => asBob("PATCH", `${KEYS}/tokens/changed`, body);
  const { json: before } = await patch({});
  expectShape(APIKey, before);
  const { status, json: after } = await patch({
    scope: "workspace:ssh",
    allow_list: ["workspace:*"],
    lifetime: HOUR_NS,
    boundary: { scopes: ["workspace:read"] },
  });
  expect(status).toBe(200);
  expect(after).toMatchObject({
    id: before.id,
    description: "before",
    scopes: ["workspace:ssh"],
    allow_list: [{ type: "workspace", id: "*" }],
    lifetime_seconds: 3_600,
    boundary: { scopes: ["workspace:read"] },
  });
  expect(Date.parse(after.expires_at) - Date.parse(after.updated_at)).toBe(3_600_000);
  expect((await asBob("GET", `${KEYS}/tokens/changed`)).json).toEqual(after);
  expect((await patch({ boundary: {} })).json).not.toHaveProperty("boundary");
  expect((await asBob("PATCH", `${KEYS}/tokens/nothing`, {})).status).toBe(404);
});

describe("a request for a token", () => {
  for (const { what, body, status = 400, message, field, detail } of [
    { what: "of no known scope", body: { scopes: ["workspace:reed"] }, field: "scopes", detail: '"workspace:reed"' },
    { what: "of a scope for the server only", body: { scopes: ["debug_info:read"] }, field: "scopes", detail: '"debug_info:read"' },
    { what: "in the older and the newer form", body: { scope: "all", scopes: ["all"] }, field: "scope", detail: '"all"' },
    { what: "with a scope that is a number", body: { scopes: [7] }, field: "scopes.0", detail: "string" },
    { what: "with a bad entry", body: { allow_list: [{ type: "workspace" }] }, field: "allow_list", detail: "entry 0" },
    { what: "with an entry that is null", body: { allow_list: ["workspace:*", null] }, field: "allow_list", detail: "entry 1" },
    {
      what: "with 129 entries",
      body: { allow_list: Array.from({ length: 129 }, () => "workspace:*") },
      field: "allow_list",
      detail: "allow_list has 129 entries; max allowed is 128",
    },
    { what: "with a list that is none", body: { allow_list: "workspace:*" }, field: "allow_list", detail: "array" },
    { what: "of a negative life", body: { lifetime: -1 }, field: "lifetime", detail: "lifetime must be positive number greater than 0" },
    { what: "of a life of a fraction", body: { lifetime: 0.5 }, field: "lifetime", detail: "integer" },
    { what: "of a life in words", body: { lifetime: "8h" }, field: "lifetime", detail: "integer" },
    {
      what: "of too long a life",
      body: { lifetime: 3_155_760_000_001_000_000 },
      message: "Failed to validate create API key request.",
      field: "lifetime",
      detail: "lifetime must be less than 876600h0m0s",
    },
    { what: "of a life without end", body: { lifetime: 1e308 }, field: "lifetime", detail: "64 bits" },
    { what: "with a long name", body: { token_name: "x".repeat(129) }, field: "token_name", detail: "128" },
    { what: "with a name that is taken", body: { token_name: "taken" }, status: 409, field: "name", detail: "in use" },
  ])
    test(`${what} is refused and says why`, async () => {
      if (status === 409) await create({ token_name: "taken" });
      const answer = await asBob("POST", `${KEYS}/tokens`, body);
      expect(answer.status, answer.text).toBe(status);
      if (message !== undefined) expect(answer.json.message).toBe(message);
      if (status === 409) expect(answer.json.message).toBe('A token with name "taken" already exists.');
      expect(answer.json.validations).toEqual([{ field, detail: expect.stringContaining(detail) }]);
    });

  test("treats absent, null and zero fields as not given", async () => {
    const key = await create({ lifetime: 0, scope: "", scopes: null, token_name: "", allow_list: [], boundary: null });
    const { json } = await asBob("GET", `${KEYS}/${idOf(key)}`);
    expect(json).toMatchObject({ scopes: ["coder:all"], allow_list: [{ type: "*", id: "*" }], lifetime_seconds: 168 * 3_600 });
    expect(json.token_name).toMatch(/^[a-z]+-[a-z]+$/);
  });

  test("of four megabytes is answered in little time and few bytes", async () => {
    const started = performance.now();
    const names = Array.from({ length: 290_000 }, () => "workspace:rd");
    for (const body of [
      { scopes: names.slice(0, 200_000) },
      { allow_list: names.slice(0, 200_000) },
      { scopes: Array(1_000_000).fill(1) },
    ]) {
      const { status, text } = await asBob("POST", `${KEYS}/tokens`, body);
      expect(status).toBe(400);
      expect(text.length).toBeLessThan(3_000);
    }
    expect((await asBob("POST", `${KEYS}/tokens`, { token_name: "x".repeat(5_000_000) })).status).toBe(413);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("is refused for one wrong entry at the end of a long list, too", async () => {
    const scopes = [...Array.from({ length: 2_000 }, () => "workspace:read"), 7];
    expect((await asBob("POST", `${KEYS}/tokens`, { scopes })).status).toBe(400);
  });

  test("for a user who does not exist is invalid", async () => {
    expect((await asBob("POST", "/api/v2/users/nobody/keys/tokens", {})).status).toBe(400);
    expect((await asBob("POST", "/api/v2/users/ann/keys/tokens", {})).status).toBe(400);
  });
});

test("the lifetimes of a server are settings", async () => {
  await using short = await openServerWorld({ tokenLifetimes: { defaultMs: 7_200_000, ownerMaximumMs: 3_600_000 } });
  expect((await short.call("GET", `${KEYS}/tokens/tokenconfig`)).json).toEqual({ max_token_lifetime: HOUR_NS });
  const { json } = await short.call("POST", `${KEYS}/tokens`, {});
  expect((await short.call("GET", `${KEYS}/${idOf(json.key)}`)).json.lifetime_seconds).toBe(3_600);
  expect((await short.call("POST", `${KEYS}/tokens`, { lifetime: 2 * HOUR_NS })).status).toBe(400);
  await expect(openServerWorld({ tokenLifetimes: { maximumMs: 0 } })).rejects.toThrow("A token's lifetime must be between");
});
