/**
 * How long others wait while many people follow one log that grows. Prints the slowest of their requests, and how long the lines took to
 * reach every follower.
 *
 *     node bench/followers.ts [followers]
 */
import { setTimeout as delay } from "node:timers/promises";
import { playDaemon } from "#test/server/played-daemon.ts";
import { pushVersion } from "#test/server/scenario.ts";
import { openServerWorld } from "#test/server/server-world.ts";

const followers = Number(process.argv[2] ?? 800);
const [UPDATES, LINES] = [20, 50];

await using world = await openServerWorld();
using daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
const version = await pushVersion(world);
const { jobId } = await daemon.acquire();
let received = 0;
const sockets: WebSocket[] = [];
for (let at = 0; at < followers; at++) {
  const address = `${world.url.replace("http", "ws")}/api/v2/templateversions/${version.id}/logs?follow`;
  // Node's own clients send headers, which the type of the browsers' does not know.
  const socket = new WebSocket(address, { headers: { "Coder-Session-Token": world.sessionToken } } as never);
  socket.addEventListener("message", () => {
    received += 1;
  });
  sockets.push(socket);
  if (at % 50 === 49) await delay(100);
}
while (sockets.some((socket) => socket.readyState !== WebSocket.OPEN)) await delay(50);

let isOver = false;
const waits: number[] = [];
const watching = (async () => {
  while (!isOver) {
    const began = performance.now();
    await world.call("GET", "/api/v2/users/me");
    waits.push(performance.now() - began);
    await delay(10);
  }
})();
const began = performance.now();
for (let at = 0; at < UPDATES; at++) {
  const logs = Array.from({ length: LINES }, (_, line) => ({ stage: "Plan", output: `${at} ${line} ${"x".repeat(60)}` }));
  await daemon.update({ jobId, logs });
  await delay(100);
}
const sentMs = performance.now() - began;
while (received < followers * UPDATES * LINES && performance.now() - began < 120_000) await delay(50);
const allMs = performance.now() - began;
isOver = true;
await watching;
console.log(`${followers} followers, ${UPDATES * LINES} lines: ${received} frames received`);
console.log(`lines sent in ${Math.round(sentMs)} ms, with everybody after ${Math.round(allMs)} ms`);
console.log(`others: ${waits.length} requests, the slowest ${Math.round(Math.max(...waits))} ms`);
for (const socket of sockets) socket.close();
