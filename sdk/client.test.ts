import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { ApiCalls } from "./api-calls.ts";
import { Client } from "./client.ts";

/** What the client sent, as `GET /path?query`. */
let sent: string[] = [];
beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    sent.push(`${init.method} ${address.replace("http://server.test", "")}`);
    return new Response("{}", { status: 200 });
  });
  return () => vi.unstubAllGlobals();
});

const client = new Client("http://server.test/");

test("has a method for every operation of the API's document, and calls none that is not in it", async () => {
  const document = JSON.parse(await readFile(join(import.meta.dirname, "..", "docs", "api", "openapi.json"), "utf8")) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, "{}")}`),
  );
  for (const call of callsOf(client)) await call();
  const called = sent.map((request) => request.replace(/\?.*/, "").replaceAll("~", "{}"));
  expect(called.filter((operation) => !operations.includes(operation))).toEqual([]);
  expect(operations.filter((operation) => !called.includes(operation))).toEqual([]);
});

test("escapes what it puts into a path, so that no name reaches another route", async () => {
  await client.getTokenByName("me", "../../first?x#y");
  expect(sent).toEqual(["GET /api/v2/users/me/keys/tokens/..%2F..%2Ffirst%3Fx%23y"]);
});

test("sends only the filters that are set", async () => {
  await client.listTokens("me", { include_all: true });
  await client.expireAPIKey("me", "0123456789", { cascade: false });
  await client.listAuditLogs({ q: "action:create", limit: 5 });
  expect(sent).toEqual([
    "GET /api/v2/users/me/keys/tokens?include_all=true",
    "PUT /api/v2/users/me/keys/0123456789/expire?cascade=false",
    "GET /api/v2/audit?q=action%3Acreate&limit=5",
  ]);
});

/** Every generated method, called with `~` for each argument. */
function callsOf(object: ApiCalls): (() => unknown)[] {
  return Object.getOwnPropertyNames(ApiCalls.prototype).flatMap((name) => {
    const method: unknown = name === "constructor" ? undefined : Reflect.get(object, name);
    return typeof method === "function" ? [() => method.call(object, ...Array(Math.max(method.length, 2)).fill("~"))] : [];
  });
}
