import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Check } from "typebox/value";
import { afterAll, beforeAll, expect, test } from "vitest";
import { APIKeyUsage } from "#sdk/api-key-usage.ts";
import type { APIAllowListTarget } from "#sdk/api-keys.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, makeTemplate } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

let world: ServerWorld;
let daemon: PlayedDaemon;
let now = Date.parse("2026-03-01T00:00:00Z");
let template: string;
let workspaces: string[];

beforeAll(async () => {
  world = await openServerWorld({ now: () => new Date(now) });
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  template = (await makeTemplate(world, daemon)).id;
  workspaces = [];
  for (const name of ["one", "two"]) {
    workspaces.push((await world.client.createWorkspace("me", { name, template_id: template })).id);
    await buildNext(daemon);
  }
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

const TOKENS = "/api/v2/users/me/keys/tokens";

async function mint(token_name: string, narrowed: object = {}): Promise<string> {
  const made = await world.call("POST", TOKENS, { token_name, ...narrowed });
  expect(made.status).toBe(201);
  return made.json.key;
}

async function usageOf(name: string, days = ""): Promise<APIKeyUsage> {
  const { status, json } = await world.call("GET", `${TOKENS}/${name}/usage${days}`);
  expect([status, Check(APIKeyUsage, json)]).toEqual([200, true]);
  return json;
}

const HOUR_MS = 3_600_000;

/** Use extends the owner's session. */
async function pass(hours: number): Promise<void> {
  for (const end = now + hours * HOUR_MS; now < end; ) {
    now = Math.min(end, now + 20 * HOUR_MS);
    expect((await world.call("GET", "/api/v2/users/me")).status).toBe(200);
  }
}

/** The status, and the length of a list: a narrower token could see less of it. */
async function outcome(token: string, [method, path, body]: Action): Promise<string> {
  const { status, json } = await call(world.url, method, path, body, { "Coder-Session-Token": token });
  const list = Array.isArray(json) ? json : json?.workspaces;
  return `${status}${list === undefined ? "" : ` ${list.length}`}`;
}

type Action = readonly [method: string, path: string, body?: unknown];

const [ONE, TWO] = [() => workspaces[0] ?? "", () => workspaces[1] ?? ""];

for (const { what, token, actions } of [
  {
    what: "a token for everything that reads one workspace",
    token: {},
    actions: (): Action[] => [
      ["GET", "/api/v2/users/me"],
      ["GET", `/api/v2/workspaces/${ONE()}`],
      ["GET", `/api/v2/workspaces/${ONE()}/builds`],
    ],
  },
  {
    what: "a token for everything that lists, uploads, reads a template and writes what is personal",
    token: {},
    actions: (): Action[] => [
      ["GET", "/api/v2/workspaces"],
      ["GET", `/api/v2/templates/${template}`],
      ["GET", "/api/v2/users/me/gitsshkey"],
      ["PUT", "/api/v2/users/me/gitsshkey"],
      ["GET", "/api/v2/organizations"],
    ],
  },
  {
    what: "a composite on two workspaces that uses one, and lists",
    token: () => ({
      scopes: ["coder:workspaces.operate", "user:read"],
      allow_list: [...workspaces.map((id) => ({ type: "workspace", id }))],
    }),
    actions: (): Action[] => [
      ["GET", "/api/v2/workspaces"],
      ["GET", `/api/v2/workspaces/${TWO()}`],
      ["GET", `/api/v2/templates/${template}`],
    ],
  },
  {
    what: "a token that minds its own keys",
    token: { scopes: ["coder:apikeys.manage_self"] },
    actions: (): Action[] => [
      ["GET", `${TOKENS}/first`],
      ["GET", `${TOKENS}/first/usage`],
    ],
  },
]) {
  test(`the suggestion for ${what} is enough, and less is not`, async () => {
    const wide = typeof token === "function" ? token() : token;
    const first = await mint("first", wide);
    const wanted: string[] = [];
    for (const action of actions()) wanted.push(await outcome(first, action));
    expect(wanted.filter((text) => !text.startsWith("20"))).toEqual([]);
    const { suggestion, key_id } = await usageOf("first");
    expect(key_id).toBe(first.slice(0, 10));
    expect(suggestion.scopes).not.toContain("coder:all");

    const again = async (scopes: readonly string[], allow_list: readonly APIAllowListTarget[]): Promise<string[]> => {
      const narrowed = await mint("second", wide);
      expect((await world.call("PATCH", `${TOKENS}/second`, { scopes, allow_list })).status).toBe(200);
      const found: string[] = [];
      for (const action of actions()) found.push(await outcome(narrowed, action));
      expect((await world.call("DELETE", `/api/v2/users/me/keys/${narrowed.slice(0, 10)}`)).status).toBe(204);
      return found;
    };
    const { scopes, allow_list } = suggestion;
    expect(await again(scopes, allow_list)).toEqual(wanted);
    for (const scope of scopes.length > 1 ? scopes : []) {
      const rest = scopes.filter((other) => other !== scope);
      expect(await again(rest, allow_list), `without ${scope}`).not.toEqual(wanted);
    }
    for (const entry of allow_list.length > 1 ? allow_list : []) {
      const rest = allow_list.filter((other) => other !== entry);
      expect(await again(scopes, rest), `without ${entry.type}:${entry.id}`).not.toEqual(wanted);
    }
    await world.call("DELETE", `/api/v2/users/me/keys/${first.slice(0, 10)}`);
  });
}

test("says how often, when, from where, and on what", async () => {
  const started = now;
  const token = await mint("counted");
  const read = () => call(world.url, "GET", `/api/v2/workspaces/${ONE()}`, undefined, { "Coder-Session-Token": token });
  await read();
  await pass(24);
  await read();
  // Refused requests do not count as uses.
  await call(world.url, "GET", "/api/v2/workspaces/11111111-1111-4111-8111-111111111111", undefined, { "Coder-Session-Token": token });
  const { days, scopes } = await usageOf("counted");
  expect(days).toBe(30);
  const workspace = scopes.find(({ scope }) => scope === "workspace:read");
  expect(workspace).toMatchObject({ first_used_at: new Date(started).toISOString(), last_used_at: new Date(now).toISOString() });
  expect(workspace?.objects).toEqual([{ id: ONE(), count: workspace?.count, last_used_at: new Date(now).toISOString() }]);
  expect(workspace?.addresses).toMatchObject([{ address: "127.0.0.1" }]);
  expect(workspace?.count).toBeGreaterThanOrEqual(2);
  await pass(72);
  expect(await usageOf("counted", "?days=2")).toMatchObject({ days: 2, scopes: [], suggestion: { scopes: [], allow_list: [] } });
  expect((await usageOf("counted", "?days=5")).scopes).toHaveLength(scopes.length);
});

test("is shown to those who may read the key, and accepts only valid numbers of days", async () => {
  await mint("watched");
  const narrow = await mint("narrow", { scopes: ["workspace:read"] });
  const path = `${TOKENS}/watched/usage`;
  expect((await call(world.url, "GET", path)).status).toBe(401);
  expect((await call(world.url, "GET", path, undefined, { "Coder-Session-Token": narrow })).status).toBe(404);
  expect((await world.call("GET", `${TOKENS}/nothing/usage`)).status).toBe(404);
  for (const days of ["0", "366", "x", ""]) expect((await world.call("GET", `${path}?days=${days}`)).status, days).toBe(400);
});

test("a clean shutdown loses nothing", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-usage-"));
  const config = { dataDirectory: directory.path };
  let token: string;
  {
    await using first = await openServerWorld(config);
    const made = await first.call("POST", TOKENS, { token_name: "kept" });
    token = made.json.key;
    await call(first.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": token });
  }
  await using second = await openServerWorld(config);
  const { json } = await second.call("GET", `${TOKENS}/kept/usage`);
  expect(json.scopes).toMatchObject([{ scope: "user:read", count: 1 }]);
});
