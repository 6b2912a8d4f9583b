import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { expect, test } from "vitest";
import { playDaemon } from "#test/server/played-daemon.ts";
import { pushVersion } from "#test/server/scenario.ts";
import { call, OWNER, openServerWorld } from "#test/server/server-world.ts";
import { ConfigError } from "./config.ts";
import { startServer } from "./start.ts";

const log = pino({ level: "silent" });

test("keeps users, sessions and the deployment's id over a restart, and makes a new key for its daemons", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-start-"));
  const config = { dataDirectory: join(directory.path, "data") };
  const seen = async () => {
    await using world = await openServerWorld(config);
    const info = await call(world.url, "GET", "/api/v2/buildinfo");
    return { token: world.sessionToken, key: world.server.builtInDaemonKey, deployment: info.json.deployment_id };
  };
  const first = await seen();
  await using world = await openServerWorld(config);
  expect((await call(world.url, "GET", "/api/v2/users/me", undefined, { "Coder-Session-Token": first.token })).status).toBe(200);
  expect((await call(world.url, "GET", "/api/v2/buildinfo")).json.deployment_id).toBe(first.deployment);
  expect(world.server.builtInDaemonKey).not.toBe(first.key);
  using stale = playDaemon({ url: world.url, key: first.key });
  await expect(stale.acquire()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("closes while a daemon waits, a log is followed and a connection idles, and closing twice is harmless", async () => {
  const world = await openServerWorld();
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const version = await pushVersion(world);
  await daemon.acquire();
  const waiting = daemon.acquire().catch((error: unknown) => error);
  const following = Array.fromAsync(world.client.followTemplateVersionLogs(version.id)).catch((error: unknown) => error);
  await world.client.getUser("me");
  const started = performance.now();
  await world[Symbol.asyncDispose]();
  await world.server[Symbol.asyncDispose]();
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(await waiting).toBeInstanceOf(Error);
  expect(await following).toBeInstanceOf(Error);
  await expect(call(world.url, "GET", "/healthz")).rejects.toThrow();
});

for (const { what, config, says } of [
  { what: "an address that is none", config: { httpAddress: "nowhere" }, says: 'The HTTP address "nowhere" is not host:port' },
  { what: "an access URL that is none", config: { accessUrl: "dev.example.com" }, says: "is not an http:// or https:// address" },
]) {
  test(`refuses to start with ${what}, in one sentence`, async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-start-"));
    const start = startServer({ dataDirectory: directory.path, httpAddress: "127.0.0.1:0", log, ...config });
    await expect(start).rejects.toThrow(ConfigError);
    await expect(start).rejects.toThrow(says);
  });
}

test("says that its address is in use", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "proviso-start-"));
  await using other = createServer();
  other.listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const start = startServer({ dataDirectory: directory.path, httpAddress: `127.0.0.1:${port}`, log });
  await expect(start).rejects.toThrow(`The address 127.0.0.1:${port} is already in use.`);
});

test("a websocket with a cookie is for pages of this server only", async () => {
  await using world = await openServerWorld();
  const version = await pushVersion(world);
  const login = await call(world.url, "POST", "/api/v2/users/login", OWNER);
  const cookie = login.headers
    .getSetCookie()
    .map((set) => set.split(";")[0])
    .join("; ");
  const open = async (origin: string): Promise<string> => {
    const address = `${world.url.replace("http", "ws")}/api/v2/templateversions/${version.id}/logs?follow`;
    const socket = new WebSocket(address, { headers: { Cookie: cookie, Origin: origin } });
    const [event] = await Promise.race([once(socket, "open"), once(socket, "error")]);
    socket.close();
    return event.type;
  };
  expect([await open(world.url), await open("https://evil.example")]).toEqual(["open", "error"]);
});
