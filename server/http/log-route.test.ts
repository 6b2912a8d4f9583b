import pino from "pino";
import { Type } from "typebox";
import { describe, expect, onTestFinished, test } from "vitest";
import { openCommandWorld } from "#test/contracts/command-world.ts";
import { NotFoundError } from "../errors.ts";
import { createApp } from "./app.ts";
import { type LogReader, logRoute } from "./log-route.ts";

const ID = "11111111-0000-4000-8000-000000000001";
const URL = `/api/v2/things/${ID}/logs`;

interface Line {
  readonly id: number;
  readonly output: string;
}

/** Three lines, and then no more until the reader's right ends or the reader leaves. */
async function open(mayRead: () => boolean = () => true) {
  const { store, system, keyHolder, owner } = await openCommandWorld();
  const lines: readonly Line[] = ["one", "two", "three"].map((output, at) => ({ id: at + 1, output }));
  const ends: string[] = [];
  const requireRight = () => {
    if (!mayRead()) throw new NotFoundError("thing");
  };
  const source: LogReader<string, Line, Line> = {
    find: async (_access, id) => {
      requireRight();
      return id;
    },
    list: async (_access, _of, after) => lines.filter(({ id }) => id > after),
    follow: async function* (_access, _of, { after, signal, recheck }) {
      try {
        for (const line of lines.filter(({ id }) => id > after)) {
          await recheck();
          yield line;
        }
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      } finally {
        ends.push(signal.aborted ? "left" : "ended");
      }
    },
    recheck: async () => requireRight(),
    text: ({ output }) => output,
  };
  const line = Type.Object({ id: Type.Integer(), output: Type.String() });
  const app = await createApp(
    {
      authentication: store.system.authentication,
      accessFor: (subject) => ({ ...system, subject }),
      log: pino({ level: "silent" }),
      accessUrl: () => "https://proviso.example.test",
    },
    {
      everybody: [],
      users: [(scope) => logRoute(scope, { url: "/api/v2/things/:thing/logs", needs: [], line, leastAfter: -1 }, source)],
      agents: [],
    },
  );
  onTestFinished(() => app.close());
  const headers = { "coder-session-token": (await keyHolder(owner.user.id)).secret };
  return {
    get: (query = "") => app.inject({ url: `${URL}${query}`, headers }),
    follow: (query: string) => app.injectWS(`${URL}${query}`, { headers }),
    ends,
  };
}

describe("as a list", () => {
  test("lines come as JSON, or as text with one to a line", async () => {
    const { get } = await open();
    expect((await get()).json().map(({ output }: Line) => output)).toEqual(["one", "two", "three"]);
    const text = await get("?format=text&after=1");
    expect([text.body, text.headers["content-type"]]).toEqual(["two\nthree\n", "text/plain; charset=utf-8"]);
    expect((await get("?after=-1")).json()).toHaveLength(3);
  });

  test("a stream is not had without a websocket, or as text", async () => {
    const { get } = await open();
    const upgrade = await get("?follow");
    expect([upgrade.statusCode, upgrade.headers.upgrade]).toEqual([426, "websocket"]);
    expect((await get("?follow&format=text")).json().validations).toMatchObject([{ field: "format" }]);
    expect((await get("?after=-2")).statusCode).toBe(400);
  });

  test("who may not read it is refused, also before an upgrade", async () => {
    const { get, follow } = await open(() => false);
    expect((await get()).statusCode).toBe(404);
    await expect(follow("?follow")).rejects.toThrow("404");
  });
});

describe("as a websocket", () => {
  async function read(socket: Awaited<ReturnType<Awaited<ReturnType<typeof open>>["follow"]>>, count: number) {
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      socket.on("message", (frame) => seen.push(JSON.parse(String(frame)).output) === count && resolve());
      socket.on("close", () => resolve());
    });
    return seen;
  }

  test("each line is a frame, and the source hears when the reader leaves", async () => {
    const { follow, ends } = await open();
    const socket = await follow("?follow&after=1");
    expect(await read(socket, 2)).toEqual(["two", "three"]);
    socket.terminate();
    await expect.poll(() => ends).toEqual(["left"]);
  });

  test("it closes when the reader's right has ended, before another line", async () => {
    let checks = 0;
    const { follow, ends } = await open(() => ++checks <= 2);
    const socket = await follow("?follow");
    const closed = new Promise<number>((resolve) => socket.on("close", resolve));
    expect(await read(socket, 3)).toEqual(["one"]);
    expect([await closed, ends]).toEqual([1008, ["ended"]]);
  });

  test("whatever the reader says ends it", async () => {
    const { follow } = await open();
    const socket = await follow("?follow");
    const closed = new Promise<number>((resolve) => socket.on("close", resolve));
    socket.send("hello");
    expect(await closed).toBe(1002);
  });
});
