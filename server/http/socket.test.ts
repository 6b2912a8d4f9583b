import fastifyWebsocket from "@fastify/websocket";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { CredentialEndedError, NotFoundError } from "../errors.ts";
import { sendFrames } from "./socket.ts";

/** A stream of this source, as a client sees it: its frames, and how it was closed. */
async function follow(source: (signal: AbortSignal) => AsyncIterable<unknown>) {
  const app = Fastify();
  onTestFinished(() => app.close());
  await app.register(fastifyWebsocket);
  app.get("/stream", { websocket: true }, (socket, request) => sendFrames(socket, request, source));
  await app.ready();
  const frames: unknown[] = [];
  const socket = await app.injectWS(
    "/stream",
    {},
    { onInit: (client) => client.on("message", (frame) => frames.push(JSON.parse(String(frame)))) },
  );
  const [code, reason] = await new Promise<[number, string]>((resolve) =>
    socket.on("close", (...how) => resolve([how[0], String(how[1])])),
  );
  return { frames, code, reason };
}

test("each item is a frame, and a source that ends closes the stream in peace", async () => {
  const found = await follow(async function* () {
    yield { line: 1 };
    yield ["two"];
  });
  expect(found).toEqual({ frames: [{ line: 1 }, ["two"]], code: 1000, reason: "" });
});

for (const { what, error } of [
  { what: "the key", error: new CredentialEndedError() },
  { what: "the right to read it", error: new NotFoundError("job") },
])
  test(`a stream ends with ${what}, and says so`, async () => {
    const { frames, code, reason } = await follow(async function* () {
      yield 1;
      throw error;
    });
    expect([frames, code, reason.length > 0]).toEqual([[1], 1008, true]);
  });

test("of what went wrong in the server the client learns nothing", async () => {
  const { code, reason } = await follow(async function* () {
    yield 1;
    throw new Error("the database password is hunter2");
  });
  expect([code, reason.includes("hunter2")]).toEqual([1011, false]);
});
