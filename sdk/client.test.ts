import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
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

/** Operations that the client leaves out, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "GET /api/v2/organizations/{}/templates": "templates() asks for it when it is given an organization",
  "GET /api/v2/openapi.json": "for tools that read documents",
  "GET /docs": "a page",
  "GET /docs/reference.js": "of the page",
  "GET /bin/{}": "for agents' start scripts",
  "GET /healthz": "for load balancers",
};

test("has a method for every operation of the API's document, and calls none that is not in it", async () => {
  const document = JSON.parse(await readFile(join(import.meta.dirname, "..", "docs", "api", "openapi.json"), "utf8")) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, "{}")}`),
  );
  for (const call of callsOf(client)) await call();
  const called = sent.map((request) => request.replace(/\?.*/, "").replaceAll("~", "{}").replace("/members/me/", "/members/{}/"));
  expect(called.filter((operation) => !operations.includes(operation))).toEqual([]);
  expect(operations.filter((operation) => !called.includes(operation) && LEFT_OUT[operation] === undefined)).toEqual([]);
});

test("escapes what it puts into a path, so that no name reaches another route", async () => {
  await client.tokens.byName("me", "../../first?x#y");
  expect(sent).toEqual(["GET /api/v2/users/me/keys/tokens/..%2F..%2Ffirst%3Fx%23y"]);
});

test("sends only the filters that are set", async () => {
  await client.tokens.list("me", { include_all: true });
  await client.tokens.expire("me", "0123456789", { cascade: false });
  await client.auditLogs({ q: "action:create", limit: 5 });
  expect(sent).toEqual([
    "GET /api/v2/users/me/keys/tokens?include_all=true",
    "PUT /api/v2/users/me/keys/0123456789/expire?cascade=false",
    "GET /api/v2/audit?q=action%3Acreate&limit=5",
  ]);
});

/** Every method of an object and of the objects that it holds, called with `~` for each argument. Streams are left out: they are the logs' paths once more. */
function callsOf(object: object): (() => unknown)[] {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(object)).flatMap((name) => {
    if (name === "constructor" || name.startsWith("follow") || name === "url") return [];
    const method: unknown = Reflect.get(object, name);
    return typeof method === "function" ? [() => method.call(object, ...Array(Math.max(method.length, 2)).fill("~"))] : [];
  });
  const held = ["auth", "members", "tokens"].flatMap((name) => {
    const calls: unknown = Reflect.get(object, name);
    return typeof calls === "object" && calls !== null ? callsOf(calls) : [];
  });
  return [...methods, ...held];
}
