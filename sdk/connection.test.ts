import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { Connection, path } from "./connection.ts";

let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  return () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
});

beforeEach(() => {
  answer = (request, response) => {
    void text(request).then((body) => {
      const { method, url: target, headers } = request;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ method, target, body, headers }));
    });
  };
});

interface Echo {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const refuse =
  (status: number, body: string): typeof answer =>
  (_request, response) => {
    response.statusCode = status;
    response.end(body);
  };

test("sends JSON with the credential in a header, and reads JSON", async () => {
  const connection = new Connection(`${url}//`, { sessionToken: "secret", userAgent: "a test" });
  expect(connection.url).toBe(url);
  const { method, target, body, headers } = await connection.json<Echo>("POST", "/a", {
    body: { name: "ä" },
    query: { q: "x y", no: undefined },
  });
  expect({ method, target, body }).toEqual({ method: "POST", target: "/a?q=x+y", body: '{"name":"ä"}' });
  expect(headers).toMatchObject({ "coder-session-token": "secret", "user-agent": "a test", "content-type": "application/json" });
});

test("sends neither a credential nor a type of content when there is none", async () => {
  const { headers } = await new Connection(url, {}).json<Echo>("GET", "/a");
  expect(headers["user-agent"]).toBe("proviso-sdk");
  expect(headers).not.toHaveProperty("coder-session-token");
  expect(headers).not.toHaveProperty("content-type");
});

test("sends bytes as they are, and reads bytes and text", async () => {
  const content = new Uint8Array([0x41, 0x42]);
  const sent = await new Connection(url, {}).json<Echo>("POST", "/a", { bytes: { content, type: "application/x-tar" } });
  expect([sent.body, sent.headers["content-type"]]).toEqual(["AB", "application/x-tar"]);
  answer = refuse(200, "\u{1f3e0}");
  expect(await new Connection(url, {}).bytes("GET", "/a")).toEqual(new TextEncoder().encode("\u{1f3e0}"));
  expect(await new Connection(url, {}).text("GET", "/a")).toBe("\u{1f3e0}");
});

test("a refusal is an ApiError with the request's path and without its query", async () => {
  answer = refuse(403, '{"message":"Forbidden.","detail":"needs more"}');
  const error: unknown = await new Connection(url, {}).json("GET", "/a", { query: { secret: 1 } }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 403, message: "Forbidden.", detail: "needs more", request: "GET /a" });
});

test("a redirect is a refusal: the credential goes to no other address", async () => {
  answer = (_request, response) => void response.writeHead(302, { location: "http://other.invalid/" }).end();
  await expect(new Connection(url, {}).done("GET", "/a")).rejects.toMatchObject({ status: 302 });
});

test("a question is answered by the status, and only 404 is a no", async () => {
  const connection = new Connection(url, {});
  expect(await connection.answersYes("GET", "/a")).toBe(true);
  answer = refuse(404, "{}");
  expect(await connection.answersYes("GET", "/a")).toBe(false);
  answer = refuse(503, "{}");
  await expect(connection.answersYes("GET", "/a")).rejects.toMatchObject({ status: 503 });
});

test("an abort ends the wait", async () => {
  answer = () => {};
  const reason = new Error("enough");
  await expect(new Connection(url, {}).done("GET", "/a", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("escapes each name in a path", () => {
  expect(path`/users/${"a/b"}/builds/${3}`).toBe("/users/a%2Fb/builds/3");
});

test("a name of dots does not lead to another path", () => {
  for (const dots of [".", ".."]) expect(() => path`/users/${dots}/organizations`).toThrow(TypeError);
  expect(path`/users/${"..."}/organizations/${"%2e%2e"}`).toBe("/users/.../organizations/%252e%252e");
});
