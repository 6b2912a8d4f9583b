import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { expect, onTestFinished, test, vi } from "vitest";
import { ProvisionerDaemon } from "#proto/gen/provisionerd_pb.js";
import { addService, type Handlers } from "#proto/grpc.ts";
import { type DialOptions, dial, targetOf } from "./dial.ts";

for (const { url, address, isSecure, isLoopback } of [
  { url: "http://moon.example.com", address: "moon.example.com:80", isSecure: false, isLoopback: false },
  { url: "https://moon.example.com/a/path?q", address: "moon.example.com:443", isSecure: true, isLoopback: false },
  { url: "https://Moon.example.com:8443", address: "moon.example.com:8443", isSecure: true, isLoopback: false },
  { url: "http://localhost:3000", address: "localhost:3000", isSecure: false, isLoopback: true },
  { url: "http://127.1.2.3", address: "127.1.2.3:80", isSecure: false, isLoopback: true },
  { url: "http://[::1]:8080", address: "[::1]:8080", isSecure: false, isLoopback: true },
  { url: "https://[2001:db8::1]", address: "[2001:db8::1]:443", isSecure: true, isLoopback: false },
  { url: "http://127.0.0.1.example.com", address: "127.0.0.1.example.com:80", isSecure: false, isLoopback: false },
]) {
  test(`${url} leads to ${address}`, () => expect(targetOf(new URL(url))).toEqual({ address, isSecure, isLoopback }));
}

test("refuses another scheme, and repeats no password of the address", () => {
  expect(() => dial(ProvisionerDaemon, new URL("ftp://user:secret@moon.example.com/x"))).toThrow(
    new TypeError("cannot connect to ftp://moon.example.com: the scheme is unknown; expected an http:// or https:// address"),
  );
});

type Methods = typeof ProvisionerDaemon extends { method: infer M } ? M : never;

/** @returns the server's address */
async function serve(handlers: Handlers<Methods>): Promise<URL> {
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  addService(server, ProvisionerDaemon, handlers);
  const { promise: port, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  onTestFinished(() => server.forceShutdown());
  return new URL(`http://127.0.0.1:${await port}/a/path/that/means/nothing`);
}

function open(url: URL, options?: DialOptions) {
  const client = dial(ProvisionerDaemon, url, options);
  onTestFinished(() => client.close());
  return client;
}

test("shows its metadata with every call", async () => {
  const seen: unknown[] = [];
  const url = await serve({
    updateJob: async (_, call) => {
      seen.push(call.metadata.get("who")[0]);
      return {};
    },
  });
  const client = open(url, { metadata: { who: "me" } });
  await client.updateJob({ jobId: "a" });
  await client.updateJob({ jobId: "b" });
  await open(url).updateJob({ jobId: "c" });
  expect(seen).toEqual(["me", "me", undefined]);
});

test("ends a call at its limit, but for one that sets a limit of its own", async () => {
  const url = await serve({
    updateJob: (_, call) => new Promise((resolve) => call.signal.addEventListener("abort", () => resolve({}), { once: true })),
  });
  const short = open(url, { callLimitMs: 50 });
  await expect(short.updateJob({ jobId: "a" })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  const long = open(url, { callLimitMs: 60_000 });
  await expect(long.updateJob({ jobId: "a" }, { timeoutMs: 50 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
});

test("messages have the sizes that the options allow", async () => {
  const big = "x".repeat(5 * 1024 * 1024);
  const url = await serve({ updateJob: async ({ jobId }) => ({ variableValues: jobId === "ask" ? [{ value: big }] : [] }) });
  await expect(open(url).updateJob({ jobId: "ask" })).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  expect((await open(url, { maxReceiveBytes: 6 * 1024 * 1024 }).updateJob({ jobId: "ask" })).variableValues[0]?.value).toHaveLength(
    big.length,
  );
  await expect(open(url).updateJob({ jobId: big })).resolves.toBeDefined();
  await expect(open(url, { maxSendBytes: 1_024 }).updateJob({ jobId: big })).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
});

/** Listens on a port of its own, and gives each connection to `take`. */
async function listen(take: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    take(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** @returns a port, and the first bytes that the first client sends to it */
async function eavesdrop(): Promise<{ port: number; heard: Promise<Buffer> }> {
  const { promise: heard, resolve } = Promise.withResolvers<Buffer>();
  const port = await listen((socket) => socket.once("data", resolve));
  return { port, heard };
}

test("speaks plaintext HTTP/2 to http, and TLS with the server's name to https", async () => {
  const plain = await eavesdrop();
  open(new URL(`http://127.0.0.1:${plain.port}`))
    .updateJob({}, { timeoutMs: 5_000 })
    .catch(() => {});
  expect((await plain.heard).toString("latin1")).toMatch(/^PRI \* HTTP\/2\.0\r\n/);

  const secure = await eavesdrop();
  open(new URL(`https://localhost:${secure.port}`))
    .updateJob({}, { timeoutMs: 5_000 })
    .catch(() => {});
  const hello = await secure.heard;
  expect(hello[0]).toBe(0x16);
  expect(hello.toString("latin1")).toContain("localhost");
});

for (const { title, host, options, goesBy } of [
  { title: "a loopback address is reached directly", host: "127.0.0.1", options: {}, goesBy: "itself" },
  {
    title: "a loopback address goes through the proxy when asked to",
    host: "127.0.0.1",
    options: { proxyForLoopback: true },
    goesBy: "proxy",
  },
  { title: "every other address goes through the proxy", host: "moon.example.com", options: {}, goesBy: "proxy" },
] as const) {
  test(title, async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    const [proxy, server] = [await eavesdrop(), await eavesdrop()];
    for (const name of ["grpc_proxy", "https_proxy", "no_grpc_proxy", "no_proxy"]) vi.stubEnv(name, "");
    vi.stubEnv("http_proxy", `http://127.0.0.1:${proxy.port}`);
    open(new URL(`http://${host}:${server.port}`), options)
      .updateJob({}, { timeoutMs: 5_000 })
      .catch(() => {});
    const reached = await Promise.race([proxy.heard, server.heard]);
    const line = goesBy === "proxy" ? `CONNECT ${host}:${server.port} HTTP/1.1` : "PRI * HTTP/2.0";
    expect(reached.toString("latin1").split("\r\n")[0]).toBe(line);
  });
}

test("a connection that shows no sign of life fails its calls", async () => {
  const calling = Promise.withResolvers<void>();
  const url = await serve({
    updateJob: (_, call) => {
      calling.resolve();
      return new Promise((resolve) => call.signal.addEventListener("abort", () => resolve({}), { once: true }));
    },
  });
  const ends: Socket[] = [];
  const relay = await listen((socket) => {
    const upstream = createConnection(Number(url.port), "127.0.0.1").on("error", () => {});
    ends.push(socket, upstream);
    socket.pipe(upstream).pipe(socket);
  });
  const client = open(new URL(`http://127.0.0.1:${relay}`), { keepalive: { everyMs: 50, answerWithinMs: 50 }, retries: false });
  const call = expect(client.updateJob({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await calling.promise;
  for (const end of ends) end.unpipe().pause();
  await call;
  for (const end of ends) end.destroy();
});

for (const { connection, connections } of [
  { connection: "shared", connections: 1 },
  { connection: "own", connections: 2 },
] as const) {
  test(`two clients with ${connection} connections open ${connections}`, async () => {
    const peers = new Set<string>();
    const url = await serve({
      updateJob: async (_, call) => {
        peers.add(call.peer);
        return {};
      },
    });
    await open(url, { connection }).updateJob({});
    await open(url, { connection }).updateJob({});
    expect(peers.size).toBe(connections);
  });
}

for (const { title, reconnect, tries } of [
  { title: "begins to connect again as soon as the options say", reconnect: { minMs: 10, maxMs: 60_000 }, tries: 6 },
  { title: "goes on connecting as often as the options say", reconnect: { minMs: 10, maxMs: 20 }, tries: 16 },
]) {
  test(title, async () => {
    let connections = 0;
    const port = await listen((socket) => {
      connections++;
      socket.destroy();
    });
    const client = open(new URL(`http://127.0.0.1:${port}`), { reconnect });
    const startedAt = performance.now();
    while (connections < tries) {
      await client.updateJob({}, { timeoutMs: 5_000 }).catch(() => {});
      // A call on a broken connection fails at once, in the same turn of the loop.
      await nextTurn();
    }
    // grpc-js's own waits begin at a second and grow by more than a half each time: they take longer than ten.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
}
