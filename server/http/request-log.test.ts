import Fastify, { LogController } from "fastify";
import pino from "pino";
import { expect, onTestFinished, test } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { createClientAddresses, NO_PROXIES } from "../network/client-address.ts";
import { knowClients } from "./client-address.ts";
import type { App } from "./fastify-app.ts";
import { logRequests } from "./request-log.ts";

/** An app that answers with a status of the caller's choice. @returns what it logs of a request */
function open(level: "debug" | "info") {
  const lines: string[] = [];
  const app: App = Fastify({
    loggerInstance: pino({ level }, { write: (line) => void lines.push(line) }),
    logController: new LogController({ disableRequestLogging: true }),
  });
  onTestFinished(() => app.close());
  app.decorateRequest("userCaller", undefined);
  knowClients(app, createClientAddresses(NO_PROXIES));
  app.decorateRequest("agentCaller", undefined);
  logRequests(app);
  app.get("/api/v2/users/:user/keys/:id", (request, reply) => reply.code(Number(Object(request.query).status ?? 200)).send("done"));
  return async (url: string) => {
    lines.length = 0;
    await app.inject(url);
    return lines.map((line) => JSON.parse(line));
  };
}

const ID = "5ca1ab1e-0000-4000-8000-000000000000";

test("a request is one line: method, path, status, time, and from where", async () => {
  const logged = await open("debug")(`/api/v2/users/me/keys/${ID}`);
  expect(logged).toMatchObject([
    { level: 20, method: "GET", path: `/api/v2/users/me/keys/${ID}`, status: 200, took_ms: expect.any(Number), remote: "127.0.0.1" },
  ]);
});

for (const { what, given, path } of [
  { what: "an id", given: `${ID}/keys/7`, path: `/api/v2/users/${ID}/keys/7` },
  { what: "a name, a password by mistake", given: "hunter2/keys/other", path: "/api/v2/users/{user}/keys/{id}" },
  { what: "a long number", given: "12345678901/keys/1", path: "/api/v2/users/{user}/keys/1" },
])
  test(`of ${what} in the path the log has ${path}`, async () => {
    expect(await open("debug")(`/api/v2/users/${given}?token=secret`)).toMatchObject([{ path }]);
  });

test("of an unknown address the log has neither the query nor a secret", async () => {
  const secret = formatSecret("session");
  const [line] = await open("debug")(`/nowhere/${secret}?token=${secret}`);
  expect(line.path).toMatch(/^\/nowhere\//);
  expect(JSON.stringify(line)).not.toContain(secret);
  expect(line.path).not.toContain("?");
});

test("without debug only failures of the server are told", async () => {
  const ask = open("info");
  expect(await ask("/api/v2/users/me/keys/1?status=404")).toEqual([]);
  expect(await ask("/api/v2/users/me/keys/1?status=503")).toMatchObject([{ level: 40, status: 503 }]);
});
