import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import fastifyWebsocket from "@fastify/websocket";
import { ChannelCredentials, Server, ServerCredentials } from "@grpc/grpc-js";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { addService, createClient } from "#proto/grpc.ts";
import { splitHttp2 } from "./listener.ts";

async function listen(sniffTimeoutMs?: number) {
  const grpc = new Server();
  addService(grpc, ProvisionerDaemon, { updateJob: async ({ jobId }) => ({ canceled: jobId === "x".repeat(200_000), leaseMs: 1n }) });
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const app = Fastify({ forceCloseConnections: true });
  await app.register(fastifyWebsocket);
  app.get("/hello", async () => ({ hello: "world" }));
  app.post<{ Body: object }>("/echo", async (request) => request.body);
  app.get("/socket", { websocket: true }, (socket) => {
    socket.on("message", (text) => socket.send(`heard ${text}`));
  });
  const split = splitHttp2(app.server, {
    takeHttp2: (socket) => injector.injectConnection(socket),
    ...(sniffTimeoutMs !== undefined && { sniffTimeoutMs }),
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    split.close();
    injector.destroy();
    grpc.forceShutdown();
    await app.close();
  });
  const { port } = app.server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
}

function client(port: number) {
  const grpc = createClient(ProvisionerDaemon, `127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  onTestFinished(() => grpc.close());
  return grpc;
}

async function raw(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

test("serves REST, WebSockets and gRPC on one port, at the same time", async () => {
  const { port, url } = await listen();
  const grpc = client(port);
  const websocket = new WebSocket(`${url.replace("http", "ws")}/socket`);
  const heard = Promise.withResolvers<unknown>();
  websocket.addEventListener("message", (event) => heard.resolve(event.data));
  websocket.addEventListener("open", () => websocket.send("you"));
  const large = "y".repeat(500_000);
  const [hello, echo, unary] = await Promise.all([
    fetch(`${url}/hello`).then((answer) => answer.json()),
    fetch(`${url}/echo`, { method: "POST", body: JSON.stringify({ large }), headers: { "content-type": "application/json" } }).then((a) =>
      a.json(),
    ),
    grpc.updateJob({ jobId: "x".repeat(200_000) }),
  ]);
  expect(hello).toEqual({ hello: "world" });
  expect(echo).toEqual({ large });
  expect(unary.canceled).toBe(true);
  expect(await heard.promise).toBe("heard you");
  websocket.close();
});

test("understands a request, and a preface, that arrive byte by byte", async () => {
  const { port } = await listen();
  const http = await raw(port);
  http.setNoDelay(true);
  for (const letter of "PRIVATE /hello HTTP/1.1\r\nHost: x\r\n\r\n".slice(0, 4)) {
    http.write(letter);
    await delay(2);
  }
  http.write("ATE /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const [answer] = await once(http, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400/); // an unknown method: the HTTP/1 parser saw it from its first byte

  const h2 = await raw(port);
  h2.setNoDelay(true);
  for (const letter of "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
    h2.write(letter);
    await delay(1);
  }
  h2.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
  const [frame] = await once(h2, "data");
  expect((frame as Buffer)[3]).toBe(4); // a SETTINGS frame
});

test("ends a connection that says nothing, or only the beginning of a preface", async () => {
  const { port } = await listen(50);
  const [silent, half] = await Promise.all([raw(port), raw(port)]);
  half.write("PRI *");
  await Promise.all([silent, half].map((socket) => once(socket.resume(), "close")));
});

test("survives a connection that leaves at once", async () => {
  const { port, url } = await listen();
  for (const text of ["", "P", "PRI * HTTP/2.0"]) {
    const socket = await raw(port);
    socket.end(text);
    await once(socket.resume(), "close");
  }
  const reset = await raw(port);
  reset.write("PR");
  reset.resetAndDestroy();
  expect((await fetch(`${url}/hello`)).status).toBe(200);
});

test("notices at once that an HTTP/2 peer has gone, so that nothing more is handed to it", async () => {
  const { port } = await listen();
  const socket = await raw(port);
  const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), emptySettings]));
  await once(socket, "data");
  socket.resume().end();
  await once(socket, "close", { signal: AbortSignal.timeout(1_000) });
});
