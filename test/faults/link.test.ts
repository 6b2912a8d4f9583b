import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type Link, startLink } from "./link.ts";
import { reservePort } from "./ports.ts";

const LONG_ENOUGH_MS = 100;
let opened = new AsyncDisposableStack();

afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

/** A server that says everything back, and remembers what it heard. */
async function openEcho(): Promise<{ link: Link; heard: () => string }> {
  const port = await reservePort();
  let heard = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += bytes;
      socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  opened.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { link: opened.use(await startLink(port)), heard: () => heard };
}

function call({ url }: Link) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  opened.defer(() => void socket.destroy());
  let answers = "";
  socket.on("data", (bytes) => {
    answers += bytes;
  });
  const closed = once(socket, "close").catch((error: Error) => error);
  socket.on("error", () => {});
  return { socket, closed, answers: () => answers };
}

test("a cut that is silent holds both directions, and what waited arrives after it", async () => {
  const { link, heard } = await openEcho();
  const { socket, answers } = call(link);
  socket.write("one ");
  await expect.poll(answers).toBe("one ");
  link.cut("silent");
  socket.write("two ");
  await sleep(LONG_ENOUGH_MS);
  expect(heard()).toBe("one ");
  link.mend();
  await expect.poll(answers).toBe("one two ");
});

test("a deaf cut lets the client be heard, and no answer come back", async () => {
  const { link, heard } = await openEcho();
  const { socket, answers } = call(link);
  await once(socket, "connect");
  link.cut("deaf");
  socket.write("one ");
  await expect.poll(heard).toBe("one ");
  await sleep(LONG_ENOUGH_MS);
  expect(answers()).toBe("");
  link.mend();
  await expect.poll(answers).toBe("one ");
});

test("a reset breaks what is open and refuses what is new", async () => {
  const { link } = await openEcho();
  const open = call(link);
  open.socket.write("one ");
  await expect.poll(open.answers).toBe("one ");
  link.cut("reset");
  await open.closed;
  await call(link).closed;
  link.mend();
  const again = call(link);
  again.socket.write("two ");
  await expect.poll(again.answers).toBe("two ");
});

test("a connection to a server that is away is refused", async () => {
  const link = opened.use(await startLink(await reservePort()));
  await call(link).closed;
});
