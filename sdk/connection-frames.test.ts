/** The stream of a connection, against a server that speaks websockets. */
import type { AddressInfo } from "node:net";
import fastifyWebsocket from "@fastify/websocket";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { beforeAll, expect, test } from "vitest";
import { Connection } from "./connection.ts";

let connection: Connection;
/** The query and the credential of each stream that was opened. */
const opened: unknown[] = [];
/** Resolves when a client has closed a stream that would not end. */
const left = Promise.withResolvers<void>();

beforeAll(async () => {
  const app = Fastify();
  await app.register(fastifyWebsocket);
  app.get("/three", { websocket: true }, (socket, { query, headers }) => {
    opened.push({ query, token: headers["coder-session-token"] });
    for (const frame of ["one", "two", "three"]) socket.send(frame);
    socket.close(1000);
  });
  app.get("/ended", { websocket: true }, (socket) => {
    socket.send("one");
    socket.close(1008, "the right to this has ended");
  });
  app.get("/endless", { websocket: true }, (socket) => {
    socket.send("one");
    socket.on("close", () => left.resolve());
  });
  const refuse = async (_request: FastifyRequest, reply: FastifyReply) => reply.code(403).send({ message: "Forbidden." });
  app.get("/refused", { websocket: true, preHandler: refuse }, () => {});
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  connection = new Connection(`http://127.0.0.1:${port}`, { sessionToken: "secret" });
  return () => app.close();
});

async function all(frames: AsyncIterable<string>, seen: string[] = []): Promise<string[]> {
  for await (const frame of frames) seen.push(frame);
  return seen;
}

test("frames come in order, until the server closes the stream in peace", async () => {
  expect(await all(connection.frames("/three", { query: { follow: true, after: 7, no: undefined } }))).toEqual(["one", "two", "three"]);
  expect(opened).toEqual([{ query: { follow: "true", after: "7" }, token: "secret" }]);
});

test("a stream that the server ends early hands out what came, and fails with the server's reason", async () => {
  const seen: string[] = [];
  await expect(all(connection.frames("/ended"), seen)).rejects.toThrow("1008: the right to this has ended");
  expect(seen).toEqual(["one"]);
});

test("a refusal before the stream is told by its status", async () => {
  await expect(all(connection.frames("/refused", { query: { follow: true } }))).rejects.toMatchObject({
    status: 403,
    request: "GET /refused",
  });
});

test("who leaves the loop closes the stream", async () => {
  for await (const frame of connection.frames("/endless")) {
    expect(frame).toBe("one");
    break;
  }
  await left.promise;
});

test("an abort ends a stream in which nothing happens", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const frames = connection.frames("/endless", { signal: controller.signal });
  expect((await frames.next()).value).toBe("one");
  const next = frames.next();
  controller.abort(reason);
  await expect(next).rejects.toBe(reason);
});
