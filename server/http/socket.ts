import type { FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { createSlots } from "#transport/slots.ts";
import { CredentialEndedError, NotFoundError } from "../errors.ts";

const PING_EVERY_MS = 15_000;

/** A log is sent line by line to everybody who follows it. Between so many lines of each, others get their turn. */
const FRAMES_AT_ONCE = 16;
const turns = createSlots(4);

/**
 * Sends one text frame for each item, until the source ends (normal close) or the client leaves, which aborts the source. If the source
 * throws because the reader's right has ended, the socket closes with 1008. The stream goes one way: anything that the client sends ends
 * it.
 */
export async function sendFrames(
  socket: WebSocket,
  request: FastifyRequest,
  source: (signal: AbortSignal) => AsyncIterable<unknown>,
): Promise<void> {
  const left = new AbortController();
  let isAlive = true;
  const heartbeat = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, PING_EVERY_MS);
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("message", () => socket.close(1002, "this stream goes one way"));
  socket.on("close", () => left.abort(new Error("the client left")));
  // A broken connection also ends in `close`.
  socket.on("error", (error) => request.log.debug({ err: error }, "a stream's connection failed"));
  try {
    let sent = 0;
    for await (const item of source(left.signal)) {
      if (left.signal.aborted) return;
      if (++sent % FRAMES_AT_ONCE === 0) await turns.run(async () => {});
      // Waiting for each frame prevents a slow reader from filling our memory.
      await new Promise<void>((resolve) => socket.send(JSON.stringify(item), () => resolve()));
    }
    socket.close(1000);
  } catch (error) {
    if (left.signal.aborted) return;
    if (error instanceof CredentialEndedError || error instanceof NotFoundError) {
      socket.close(1008, "your access to this stream has ended");
      return;
    }
    request.log.error({ err: error }, "a stream failed");
    socket.close(1011, "internal error");
  } finally {
    clearInterval(heartbeat);
  }
}
