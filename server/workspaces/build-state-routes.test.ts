import { createHash, randomUUID } from "node:crypto";
import { mkdtempDisposable } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stateText } from "#test/contracts/state-text.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { buildNext, makeTemplate, startWorkspace } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { PIECE_BYTES } from "#tfstate/limits.ts";

const OCTETS = { "Content-Type": "application/octet-stream" };
/** The state of the workspace that was opened last: no two of them have the same lineage. */
let lineage: string;
const at = (serial: number, more: { lineage?: string; paddingBytes?: number } = {}) => stateText({ serial, lineage, ...more });

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let world: ServerWorld;
let daemon: PlayedDaemon;
let template: { id: string };
beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), "proviso-states-"));
  world = await openServerWorld({ dataDirectory: folder.path });
  daemon = playDaemon({ url: world.url, key: world.server.builtInDaemonKey });
  template = await makeTemplate(world, daemon);
});
afterAll(async () => {
  daemon[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function open() {
  lineage = randomUUID();
  const { workspace } = await startWorkspace(world, daemon, template);
  const url = `/api/v2/workspacebuilds/${workspace.latest_build.id}/state`;
  const put = (body: unknown, query = "", headers: Record<string, string> = {}) => world.call("PUT", `${url}${query}`, body, headers);
  return { workspace, url, put, get: (query = "") => world.call("GET", `${url}${query}`) };
}

test("a state goes in as it is or as JSON, and comes out as it is", async () => {
  const { put, get } = await open();
  expect(await put(Buffer.from(at(3)), "", OCTETS)).toMatchObject({ status: 204, text: "" });
  const got = await get();
  expect(got).toMatchObject({ status: 200, text: at(3) });
  expect(got.headers.get("content-length")).toBe(String(at(3).length));
  expect(got.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect((await put({ state: Buffer.from(at(4)).toString("base64") })).status).toBe(204);
  expect((await get()).text).toBe(at(4));
  expect(await get("?late=true")).toMatchObject({ status: 200, text: "" });
});

describe("answers", () => {
  for (const { what, body, query, headers, status, message } of [
    {
      what: "another lineage",
      body: () => Buffer.from(at(9, { lineage: "b" })),
      headers: OCTETS,
      status: 409,
      message: /lineage "b".*--force/,
    },
    { what: "an older serial", body: () => Buffer.from(at(2)), headers: OCTETS, status: 409, message: /serial 2.*serial 3/ },
    {
      what: "what is cut off",
      body: () => Buffer.from(at(9).slice(0, 99)),
      headers: OCTETS,
      status: 400,
      message: /cut off after 99 bytes/,
    },
    { what: "another format", body: () => Buffer.from('{"version": 3}'), headers: OCTETS, status: 400, message: /has format 3/ },
    { what: "no state in the JSON", body: () => ({}), status: 400, message: /The request has no state/ },
    { what: "no body", body: () => undefined, status: 400, message: /The request has no state/ },
    { what: "a list in place of base64", body: () => ({ state: [] }), status: 400, message: /The request has no state/ },
    { what: "what is no base64", body: () => ({ state: "é" }), status: 400, message: /not valid base64/ },
    { what: "no JSON", body: () => Buffer.from("{"), status: 400, message: /must be valid JSON/ },
    { what: "a query that is none", body: () => ({}), query: "?force=perhaps", status: 400, message: /Query parameters/ },
  ]) {
    test(`${status} to ${what}`, async () => {
      const { put, get } = await open();
      await put(Buffer.from(at(3)), "", OCTETS);
      const answer = await put(body(), query, headers);
      expect(answer).toMatchObject({ status, json: { message: expect.stringMatching(message) } });
      expect((await get()).text).toBe(at(3));
    });
  }

  test("204 with force, and 409 to an older build that was the latest", async () => {
    const { put, get, workspace } = await open();
    await put(Buffer.from(at(3)), "", OCTETS);
    expect((await put(Buffer.from(at(2, { lineage: "b" })), "?force=true&latest=true", OCTETS)).status).toBe(204);
    expect((await get()).text).toBe(at(2, { lineage: "b" }));
    await world.client.createWorkspaceBuild(workspace.id, { transition: "stop" });
    await buildNext(daemon, []);
    const answer = await put(Buffer.from(at(9)), "?latest=true", OCTETS);
    expect(answer).toMatchObject({ status: 409, json: { message: expect.stringMatching(/^Build 1 is no longer the latest one/) } });
  });

  test("409 as soon as the build runs, however much is still to be sent", async () => {
    const { workspace } = await open();
    const stop = await world.client.createWorkspaceBuild(workspace.id, { transition: "stop" });
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(PIECE_BYTES)) });
    const send = world.client.sendWorkspaceBuildState(stop.id, body, { signal: AbortSignal.timeout(20_000) });
    await expect(send).rejects.toMatchObject({ status: 409, message: "A workspace build is already active." });
    await buildNext(daemon, []);
  });
});

test("a state of many pieces passes through: no more than a few of them are on the way at a time", async () => {
  const { workspace } = await open();
  const { id } = workspace.latest_build;
  const piece = Buffer.alloc(PIECE_BYTES, "x");
  const [head, tail] = at(8, { paddingBytes: 1 }).split('"x"').map(Buffer.from);
  if (head === undefined || tail === undefined) throw new Error("the padding is not where it was");
  using database = openReadOnly();
  const expected = createHash("sha256");
  let mostOnTheWay = 0;
  const parts = function* () {
    yield Buffer.concat([head, Buffer.from('"')]);
    for (let sent = 0; sent < 48; sent++) {
      mostOnTheWay = Math.max(mostOnTheWay, sent - database.countArriving());
      yield piece;
    }
    yield Buffer.concat([Buffer.from('"'), tail]);
  };
  const hashed = function* () {
    for (const part of parts()) {
      expected.update(part);
      yield part;
    }
  };
  await world.client.sendWorkspaceBuildState(id, ReadableStream.from<Uint8Array>(hashed()));
  expect(mostOnTheWay).toBeLessThan(24);

  const { sizeBytes, content } = await world.client.streamWorkspaceBuildState(id);
  const received = createHash("sha256");
  let size = 0;
  for await (const bytes of content) {
    received.update(bytes);
    size += bytes.length;
  }
  expect([sizeBytes, size]).toEqual(Array(2).fill(48 * PIECE_BYTES + head.length + tail.length + 2));
  expect(received.digest("hex")).toBe(expected.digest("hex"));
}, 120_000);

/** The server's database, beside the server. */
function openReadOnly() {
  const database = new Database(join(folder.path, "proviso.db"), { readonly: true });
  const count = database.prepare<[], number>(
    "select count(*) from terraform_state_pieces where state_id in (select id from terraform_states where status = 'arriving')",
  );
  return { countArriving: () => count.pluck().get() ?? 0, [Symbol.dispose]: () => database.close() };
}

test("who leaves in the middle of a push leaves nothing behind", async () => {
  const { url, get } = await open();
  const leaving = request(new URL(url, world.url), {
    method: "PUT",
    headers: { ...OCTETS, "Coder-Session-Token": world.sessionToken, "Content-Length": 3 * PIECE_BYTES },
  });
  leaving.on("error", () => {});
  leaving.write(Buffer.alloc(2 * PIECE_BYTES, " "));
  await new Promise((resolve) => setTimeout(resolve, 300));
  leaving.destroy();
  expect((await get()).text).toBe("{}");
});
