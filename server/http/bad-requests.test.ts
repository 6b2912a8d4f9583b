/** Requests that no client of ours sends. */
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import pino from "pino";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { call, OWNER, openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { templateVersionParameterJson } from "../templates/version-json.ts";
import { type AppDeps, createApp } from "./app.ts";

let world: ServerWorld;
beforeAll(async () => {
  world = await openServerWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

for (const { what, body } of [
  { what: "lists", body: `${"[".repeat(100_000)}${"]".repeat(100_000)}` },
  { what: "objects", body: `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` },
]) {
  test(`a body of ${what} in one another is invalid input, and not an error of the server`, async () => {
    const answer = await call(world.url, "POST", "/api/v2/users/login", Buffer.from(body));
    expect(answer).toMatchObject({ status: 400, json: { message: "The request body is nested too deeply." } });
    expect(world.logged()).not.toContain('"level":50');
  });
}

test("what is not HTTP gets an answer in the API's form, and stays out of the log", async () => {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /api/v2/users/me?coder_session_token=${world.sessionToken} HTTP/1.1\r\nHost: x\r\nNo Header: x\r\n\r\n`);
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toEqual({ message: "The request is not valid HTTP." });
  const bytes = [...Buffer.from(world.sessionToken)].join(",");
  expect(world.logged().replaceAll(/\s/g, "")).not.toContain(bytes);
});

test("a token in a name, a key of a map or an unknown scope is refused, and not repeated", async () => {
  const secret = world.sessionToken.slice(11);
  const tokens = "/api/v2/users/me/keys/tokens";
  for (const [path, body, field] of [
    ["/api/v2/organizations", { name: "fresh", display_name: `my ${secret}` }, "display_name"],
    ["/api/v2/organizations/default/provisionerkeys", { name: "fresh", tags: { [secret]: "x" } }, "tags"],
    [tokens, { description: secret }, "description"],
    [tokens, { scopes: [secret] }, "scopes.0"],
  ] as const) {
    const answer = await world.call("POST", path, body);
    expect(answer).toMatchObject({ status: 400, json: { message: "Validation failed.", validations: [{ field }] } });
    expect(answer.text).not.toContain(secret);
  }
  const login = await world.call("POST", "/api/v2/users/login", { email: OWNER.email, password: secret });
  expect(login.status, "a password may be any text").toBe(401);
});

test("a path parameter is logged if it is an id, but not if it is text that somebody typed", async () => {
  await world.call("GET", "/api/v2/users/hunter2/keys/tokens/letmein");
  await world.call("GET", "/api/v2/workspaces/99999999-9999-4999-8999-999999999999");
  expect(world.logged()).toContain('"path":"/api/v2/users/{user}/keys/tokens/{keyname}"');
  expect(world.logged()).toContain('"path":"/api/v2/workspaces/99999999-9999-4999-8999-999999999999"');
  expect(world.logged()).not.toMatch(/hunter2|letmein/);
});

test("a body that is too large is refused, and its sender may finish sending it", async () => {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const sizeBytes = 5 * 1024 * 1024;
  socket.write(`POST /api/v2/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: ${sizeBytes}\r\n\r\n`);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
  socket.write(Buffer.alloc(sizeBytes));
  socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(await text(socket)).toMatch(/HTTP\/1\.1 200 OK/);
});

for (const { from, origin, isTaken } of [
  { from: "another site's page", origin: "https://evil.example", isTaken: false },
  { from: "a page on another port of this machine", origin: "http://127.0.0.1:1", isTaken: false },
  { from: "a page without an origin of its own", origin: "null", isTaken: false },
  { from: "a page of this server", origin: undefined, isTaken: true },
  { from: "a page of the server's public address", origin: "https://proviso.example", isTaken: true },
]) {
  test(`the first user and a login, sent by ${from}, are ${isTaken ? "taken" : "refused"}`, async () => {
    await using fresh = await openServerWorld({ accessUrl: "https://proviso.example" });
    const headers = { Origin: origin ?? fresh.url, "Content-Type": "text/plain" };
    const login = await call(fresh.url, "POST", "/api/v2/users/login", OWNER, headers);
    expect(login.status).toBe(isTaken ? 201 : 403);
    expect(login.headers.getSetCookie().length > 0).toBe(isTaken);
    // There already is a first user, so the best answer is a conflict.
    expect((await call(fresh.url, "POST", "/api/v2/users/first", OWNER, headers)).status).toBe(isTaken ? 409 : 403);
  });
}

test("a page whose name was made to point here is another site's", async () => {
  const { port } = new URL(world.url);
  const name = `rebound.example:${port}`;
  // fetch would not let the Host header differ from the address.
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.once("error", reject);
    socket.write(`POST /api/v2/users/login HTTP/1.1\r\nHost: ${name}\r\nOrigin: http://${name}\r\nConnection: close\r\n`);
    socket.write("Content-Length: 2\r\n\r\n{}");
    resolve(text(socket));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
});

test("a request that never ends is aborted", async () => {
  // No request completes, so there is nothing else to check.
  const app = await createApp({ log: pino({ level: "silent" }) } as AppDeps, { everybody: [], users: [], agents: [] });
  expect(app.server.requestTimeout).toBe(300_000);
  expect(app.server.headersTimeout).toBeLessThanOrEqual(60_000);
  await app.close();
});

test("a parameter's long description does not hold the server up", () => {
  const description = "[a](".repeat(100_000);
  const startedAt = performance.now();
  const shown = templateVersionParameterJson({ description, options: [] } as unknown as Parameters<typeof templateVersionParameterJson>[0]);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(shown.description_plaintext).toBe(description);
});
