import { expect, onTestFinished, test } from "vitest";
import { pushVersion } from "#test/server/scenario.ts";
import { call, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";

async function world(): Promise<ServerWorld> {
  const opened = await openServerWorld();
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

/** Whether the server takes a websocket. */
async function open(url: string): Promise<"open" | "refused"> {
  const socket = new WebSocket(url.replace(/^http/, "ws"));
  const heard = Promise.withResolvers<"open" | "refused">();
  socket.onopen = () => heard.resolve("open");
  socket.onerror = () => heard.resolve("refused");
  const answer = await heard.promise;
  socket.close();
  return answer;
}

test("a credential in the address opens websockets, and nothing else", async () => {
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
    // It is not looked at, so what comes behind it counts.
    const both = await call(url, "GET", `/api/v2/users/me?${name}=x`, undefined, { "Coder-Session-Token": sessionToken });
    expect(both.status).toBe(200);
  }
  expect(await open(`${url}${log}?follow&coder_session_token=${sessionToken.slice(0, -1)}x`)).toBe("refused");
  expect(await open(`${url}${log}?follow`)).toBe("refused");
  expect(logged()).not.toContain(sessionToken.slice(11));
});
