/** What anybody can do to the server's port without a credential. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { playDaemon } from "./played-daemon.ts";
import { openServerWorld } from "./server-world.ts";

const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const ID = "5ca1ab1e-0000-4000-8000-000000000000";

function open(url: string): Socket {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => {});
  // Read, but with no end of its own: it stays until the server closes it.
  socket.resume();
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** Whether the server has closed the connection within some seconds. */
async function isClosed(socket: Socket, withinMs = 3_000): Promise<boolean> {
  if (socket.closed) return true;
  return Promise.race([closing(socket).then(() => true), delay(withinMs, false, { ref: false })]);
}

/** Unlike `once`, whatever error comes before. */
const closing = (socket: Socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()));

const errorsIn = (logged: string) => logged.split("\n").filter((line) => line !== "" && JSON.parse(line).level >= 50);

for (const { what, head } of [
  { what: "an address that cannot be read", head: "GET /api/v2/users/% HTTP/1.1" },
  { what: "an address that is no URL", head: "GET //[::bad HTTP/1.1" },
  { what: "an address that does not exist", head: "GET /nowhere HTTP/1.1" },
  { what: "a route without a credential", head: `GET /api/v2/workspacebuilds/${ID}/logs?follow HTTP/1.1` },
  { what: "a route that is no stream", head: "GET /api/v2/buildinfo HTTP/1.1" },
  { what: "a route that takes a body", head: "POST /api/v2/users/login HTTP/1.1" },
  { what: "a path that is too long", head: `GET /api/v2/users/${"x".repeat(600)} HTTP/1.1` },
  { what: "the wrong method", head: "DELETE /healthz HTTP/1.1" },
])
  test(`an upgrade for ${what} is answered, and its connection closed`, async () => {
    await using world = await openServerWorld();
    const socket = open(world.url);
    const answered = once(socket, "data");
    socket.write(`${head}\r\nHost: x\r\n${UPGRADE}\r\n`);
    const [answer] = await answered;
    expect(String(answer)).toMatch(/^HTTP\/1\.1 (?!101)\d{3} /);
    expect(await isClosed(socket)).toBe(true);
  });

test("an upgrade with a credential is refused, and closed, like one without", async () => {
  await using world = await openServerWorld();
  const credential = `Coder-Session-Token: ${world.sessionToken}\r\n`;
  for (const [path, headers] of [
    [`/api/v2/workspacebuilds/${ID}/logs?follow`, UPGRADE],
    [`/api/v2/workspacebuilds/${ID}/logs?follow&format=text`, UPGRADE],
    [`/api/v2/workspacebuilds/x/logs?follow`, UPGRADE],
    [`/api/v2/workspacebuilds/${ID}/logs?follow`, UPGRADE.replace("Version: 13", "Version: 7")],
    ["/api/v2/users/me", "Connection: Upgrade\r\nUpgrade: h2c\r\n"],
  ]) {
    const socket = open(world.url);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${credential}${headers}\r\n`);
    expect([path, await isClosed(socket)]).toEqual([path, true]);
  }
  const foreign = open(world.url);
  const cookie = `Cookie: coder_session_token=${world.sessionToken}\r\nOrigin: https://elsewhere.example\r\n`;
  foreign.write(`GET /api/v2/workspacebuilds/${ID}/logs?follow HTTP/1.1\r\nHost: x\r\n${cookie}${UPGRADE}\r\n`);
  expect(await isClosed(foreign)).toBe(true);
});

test("a gRPC connection without a call is closed after its time, and one with a call stays", async () => {
  await using world = await openServerWorld({ idleMs: 300 });
  using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  const waiting = daemon.acquire();
  const silent = open(world.url);
  silent.write(PREFACE);
  const settled = open(world.url);
  settled.write(Buffer.concat([Buffer.from(PREFACE), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]));
  const client = connectHttp2(world.url);
  client.on("error", () => {});
  const ended = once(client, "close");
  expect(await isClosed(silent)).toBe(true);
  expect(await isClosed(settled)).toBe(true);
  await ended;
  expect(await Promise.race([waiting.then(() => "ended"), delay(600, "waits")])).toBe("waits");
});

test("one address has a bounded number of connections without a credential", async () => {
  await using world = await openServerWorld({ connections: { strangersPerAddress: 8 } });
  // Those of the world's own client, which has signed in.
  const held: Socket[] = [];
  for (let count = 0; count < 20; count++) {
    const socket = open(world.url);
    await once(socket, "connect");
    held.push(socket);
  }
  await delay(200);
  const kept = held.filter((socket) => !socket.closed);
  expect(kept.length).toBeGreaterThan(4);
  expect(kept.length).toBeLessThanOrEqual(8);
  expect(world.logged()).toContain("connections were refused");
  // A credential frees the place, and the connection itself stays.
  for (const socket of kept) socket.write(`GET /api/v2/users/me HTTP/1.1\r\nHost: x\r\nCoder-Session-Token: ${world.sessionToken}\r\n\r\n`);
  await Promise.all(kept.map((socket) => once(socket, "data")));
  const another = open(world.url);
  another.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(String((await once(another, "data"))[0])).toContain("200 OK");
  expect(kept.every((socket) => !socket.closed)).toBe(true);
});

test("behind a trusted proxy, its address is nobody's", async () => {
  await using world = await openServerWorld({
    connections: { strangersPerAddress: 2 },
    trustedProxies: { origins: ["127.0.0.1"], headers: [] },
  });
  const held = Array.from({ length: 10 }, () => open(world.url));
  await Promise.all(held.map((socket) => once(socket, "connect")));
  await delay(200);
  expect(held.filter((socket) => socket.closed)).toHaveLength(0);
});

test("all connections together are bounded", async () => {
  await using world = await openServerWorld({ connections: { maximum: 12 } });
  const held = Array.from({ length: 30 }, () => open(world.url));
  await delay(300);
  expect(held.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(12);
});

test("the server ends in time whatever its clients do, and says what it closed", async () => {
  const world = await openServerWorld({ closeTimeoutMs: 500 });
  const slow = open(world.url);
  slow.write("POST /api/v2/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");
  await delay(100);
  const began = performance.now();
  await world[Symbol.asyncDispose]();
  expect(performance.now() - began).toBeLessThan(4_000);
  expect(world.logged()).toContain("closed connections that did not end in time");
});

test("what clients do is no error of the server: 3,000 hostile connections, and an honest client beside them", {
  timeout: 90_000,
}, async () => {
  const world = await openServerWorld({ rateLimits: { login: 60, files: 12 }, connections: { strangersPerAddress: 1_000 } });
  const descriptors = () => readdirSync("/proc/self/fd").length;
  const chance = seeded(20_261_201);
  await world.call("GET", "/api/v2/users/me");
  const before = descriptors();
  let isOver = false;
  const honest: number[] = [];
  const serving = (async () => {
    while (!isOver) {
      honest.push((await world.call("GET", "/api/v2/users/me")).status);
      await delay(20);
    }
  })();
  for (let batch = 0; batch < 60; batch++)
    await Promise.all(Array.from({ length: 50 }, () => attack(world.url, world.sessionToken, chance)));
  isOver = true;
  await serving;
  expect(honest.length).toBeGreaterThan(10);
  expect(honest.filter((status) => status !== 200)).toEqual([]);
  expect(errorsIn(world.logged())).toEqual([]);
  await expect.poll(descriptors, { timeout: 15_000 }).toBeLessThanOrEqual(before + 5);
  const began = performance.now();
  await world[Symbol.asyncDispose]();
  expect(performance.now() - began).toBeLessThan(12_000);
});

/** One connection that does something that no client should, and leaves. */
async function attack(url: string, token: string, chance: () => number): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  const pick = <T>(...of: readonly T[]): T => of[Math.floor(chance() * of.length)] as T;
  const garbage = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(chance() * 256)));
  const path = pick(
    "/",
    "/api/v2/users/%",
    "/api/v2/users/login",
    "/api/v2/files",
    "/api/v2/users/me/keys/tokens",
    "//",
    "/bin/%00",
    `/${"a".repeat(9_000)}`,
  );
  const credential = pick("", `Coder-Session-Token: ${token}\r\n`, "Coder-Session-Token: \xff\r\n");
  const lines = pick(
    `Content-Length: ${pick(10, 4_000, 100_000_000)}\r\nContent-Type: application/x-tar\r\n`,
    "Transfer-Encoding: chunked\r\n",
    "Expect: 100-continue\r\nContent-Length: 100\r\n",
    UPGRADE,
    "Connection: Upgrade\r\nUpgrade: h2c\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Content-Length: -1\r\n",
    "",
  );
  const request = Buffer.from(
    `${pick("GET", "POST", "PUT", "PATCH", "CONNECT", "BREW")} ${path} HTTP/1.1\r\nHost: x\r\n${credential}${lines}\r\n`,
    "latin1",
  );
  const messages = pick(
    () => [request, Buffer.from('{"email":')],
    () => [request, Buffer.from('5\r\n{"a":\r\nzz\r\n')],
    () => [request.subarray(0, Math.floor(chance() * request.length))],
    () => [request, request, garbage(50)],
    () => [garbage(Math.floor(chance() * 300))],
    () => [Buffer.from(PREFACE.slice(0, Math.floor(chance() * PREFACE.length)))],
    () => [Buffer.from(PREFACE), garbage(40)],
    () => [Buffer.from(PREFACE), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), garbage(pick(9, 30))],
  )();
  for (const message of messages) {
    socket.write(message);
    if (chance() < 0.5) await delay(Math.floor(chance() * 5));
  }
  await Promise.race([closing(socket), delay(Math.floor(chance() * 30))]);
  if (chance() < 0.5) socket.resetAndDestroy();
  else socket.destroy();
}

/** Marsaglia's xorshift. @returns numbers in [0, 1), the same for the same seed */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

test("calls that are ended in the packet that begins them end nothing else", async () => {
  await using world = await openServerWorld();
  const frame = (type: number, flags: number, stream: number, body = Buffer.alloc(0)) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(body.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, body]);
  };
  // No gRPC call, because it has no content type: POST, http, a path and a host.
  const headers = Buffer.concat([Buffer.from([0x83, 0x86, 0x04, 0x02]), Buffer.from("/x"), Buffer.from([0x41, 0x01]), Buffer.from("x")]);
  const calls = Array.from({ length: 200 }, (_, n) => [frame(1, 4, 2 * n + 1, headers), frame(3, 0, 2 * n + 1, Buffer.from([0, 0, 0, 8]))]);
  open(world.url).write(Buffer.concat([Buffer.from(PREFACE), frame(4, 0, 0), ...calls.flat()]));
  await delay(500);
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
});
