import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type Connection, listen } from "./listener.ts";

const NOBODY: Connection = { close: () => {}, drain: async () => {} };

/** Holds a port of the loopback address until the test ends. */
async function takePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : Number.NaN;
}

test("takes the first free port of the range, on the loopback address only", async () => {
  const taken = await takePort();
  await using listener = await listen({ at: { network: "tcp", minPort: taken, maxPort: taken + 50 }, serve: () => NOBODY });
  expect(listener.network).toBe("tcp");
  const [host, port] = listener.address.split(":");
  expect(host).toBe("127.0.0.1");
  expect(Number(port)).toBeGreaterThan(taken);
  expect(Number(port)).toBeLessThanOrEqual(taken + 50);
});

test("says so if no port of the range is free", async () => {
  const taken = await takePort();
  const opening = listen({ at: { network: "tcp", minPort: taken, maxPort: taken }, serve: () => NOBODY });
  await expect(opening).rejects.toThrow(`no port from ${taken} to ${taken} is free on 127.0.0.1`);
});

test("a connection that is closed before its server is there gets it closed too", async () => {
  const [asked, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = Promise.withResolvers<Connection>();
  const gone = Promise.withResolvers<void>();
  const taken = await takePort();
  await using listener = await listen({
    at: { network: "tcp", minPort: taken + 1, maxPort: taken + 50 },
    serve: () => {
      asked.resolve();
      return server.promise;
    },
    onConnectionClosed: gone.resolve,
  });
  const socket = createConnection(Number(listener.address.split(":")[1]), "127.0.0.1", () => socket.write("hello"));
  await asked.promise;
  socket.resetAndDestroy();
  await gone.promise;
  server.resolve({ ...NOBODY, close: closed.resolve });
  await closed.promise;
});

test("a server that cannot be had ends its connection and no more", async () => {
  const taken = await takePort();
  await using listener = await listen({
    at: { network: "tcp", minPort: taken + 1, maxPort: taken + 50 },
    serve: () => Promise.reject(new Error("it did not load")),
  });
  for (let connection = 0; connection < 2; connection++) {
    const socket = createConnection(Number(listener.address.split(":")[1]), "127.0.0.1", () => socket.write("hello"));
    socket.on("error", () => {});
    await once(socket.resume(), "close");
  }
});
