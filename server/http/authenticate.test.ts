import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { pushVersion } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

async function world(): Promise<ServerWorld> {
  const opened = await openServerWorld();
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

/** Whether the server accepts a WebSocket. */
async function open(url: string): Promise<"open" | "refused"> {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  const heard = Promise.withResolvers<"open" | "refused">();
  socket.onopen = () => heard.resolve("open");
  socket.onerror = () => heard.resolve("refused");
  const answer = await heard.promise;
  socket.close();
  return answer;
}

test("a credential in the URL opens WebSockets, and nothing else", async () => {
  const opened = await world();
  const { url, sessionToken, logged } = opened;
  const version = await pushVersion(opened);
  const log = `/api/v2/templateversions/${version.id}/logs`;
  for (const name of ["coder_session_token", "access_token"]) {
    expect(await open(`${url}${log}?follow&${name}=${sessionToken}`)).toBe("open");
    for (const [method, path] of [
      ["GET", log],
      ["GET", "/api/v2/users/me"],
      ["PUT", "/api/v2/users/me/gitsshkey"],
      ["GET", "/api/v2/workspaceagents/me/gitsshkey"],
      ["GET", "/api/v2/no/such/route"],
    ] as const) {
      const without = await call(url, method, path);
      const withIt = await call(url, method, `${path}?${name}=${sessionToken}`);
      expect([withIt.status, withIt.text]).toEqual([without.status, without.text]);
    }
    // It is ignored, so the next credential counts.
    const both = await call(url, "GET", `/api/v2/users/me?${name}=x`, undefined, { "Coder-Session-Token": sessionToken });
    expect(both.status).toBe(200);
  }
  const changed = `${sessionToken.slice(0, -1)}${sessionToken.endsWith("x") ? "y" : "x"}`;
  expect(await open(`${url}${log}?follow&coder_session_token=${changed}`)).toBe("refused");
  expect(await open(`${url}${log}?follow`)).toBe("refused");
  expect(logged()).not.toContain(sessionToken.slice(11));
});

for (const { what, column, value } of [
  { what: "a scope that this version does not know", column: "scopes", value: '["workspace:read","workspace:levitate"]' },
  { what: "an allow-list entry that cannot be read", column: "allow_list", value: '["*:*","spaceship:*"]' },
  {
    what: "a ceiling of unknown scopes",
    column: "ceilings",
    value: '[{"key_id":"x","scopes":["x:y"],"allow_list":["*:*"],"expires_at":"2099-01-01T00:00:00Z"}]',
  },
  { what: "no list at all", column: "scopes", value: '"coder:all"' },
  { what: "what is not even JSON", column: "allow_list", value: "[" },
]) {
  test(`a stored key with ${what} is refused, once in the log, and no other key is`, async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-authentication-"));
    await using opened = await openServerWorld({ dataDirectory: directory.path });
    const mint = async (token_name: string): Promise<string> =>
      (await opened.call("POST", "/api/v2/users/me/keys/tokens", { token_name })).json.key;
    const me = (token: string) => call(opened.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": token });
    const [broken, other] = [await mint("broken"), await mint("other")];
    expect([(await me(broken)).status, (await me(other)).status]).toEqual([200, 200]);
    const database = new Database(join(directory.path, "proviso.db"));
    database.prepare(`update api_keys set ${column} = ? where id = ?`).run(value, broken.slice(0, 10));
    database.close();
    const unknown = await call(opened.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": `${broken}x` });
    for (let request = 0; request < 3; request++) {
      const { status, text } = await me(broken);
      expect([status, text]).toEqual([401, unknown.text]);
    }
    expect((await me(other)).status).toBe(200);
    const errors = opened
      .logged()
      .split("\n")
      .filter((line) => line.includes('"level":50'));
    expect(errors).toHaveLength(1);
    expect(JSON.parse(errors[0] ?? "")).toMatchObject({ keyId: broken.slice(0, 10), problem: expect.any(String) });
  });
}
