import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAEMON_DOWNLOADS_STATES } from "#proto/call-metadata.ts";
import { stateText } from "#test/contracts/state-text.ts";
import { type PlayedDaemon, playDaemon } from "#test/server/played-daemon.ts";
import { makeTemplate } from "#test/server/scenario.ts";
import { openServerWorld, type ServerWorld } from "#test/server/server-world.ts";
import { PIECE_BYTES } from "#tfstate/limits.ts";
import { callMetadata, type DaemonClient, openDaemonClient } from "./connection.ts";
import { downloadState } from "./download-state.ts";
import { uploadState } from "./upload-state.ts";

const NAME = "far";
const NEVER = new AbortController().signal;

let world: ServerWorld;
let client: DaemonClient;
let played: PlayedDaemon;
let calls: { readonly client: DaemonClient; readonly metadata: ReturnType<typeof callMetadata>; readonly timeoutMs: number };
beforeAll(async () => {
  // Nobody renews leases here.
  world = await openServerWorld({ jobLeaseMs: 600_000 });
  const key = world.server.builtInDaemonKey;
  client = openDaemonClient(world.url);
  const metadata = callMetadata({ key, name: NAME });
  metadata.set(DAEMON_DOWNLOADS_STATES, "1");
  calls = { client, metadata, timeoutMs: 300_000 };
  played = playDaemon({ url: world.url, key, name: NAME, downloadsStates: true });
});
afterAll(async () => {
  client.close();
  played[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

/** A build that the daemon holds. */
async function open() {
  const template = await makeTemplate(world, played);
  const workspace = await world.client.createWorkspace("me", { name: `w-${template.name.slice(-8)}`, template_id: template.id });
  const { jobId } = await played.acquire();
  return { jobId, workspace };
}

test("a state of 200 MB goes up and comes down, while the daemon's other work goes on", async () => {
  const { jobId, workspace } = await open();
  const state = Buffer.from(stateText({ serial: 4, paddingBytes: 200 * PIECE_BYTES }));
  const started = performance.now();
  let [pauseMs, last] = [0, started];
  const timer = setInterval(() => {
    pauseMs = Math.max(pauseMs, performance.now() - last);
    last = performance.now();
  }, 5);
  const stateId = await uploadState({ ...calls, jobId, state, signal: NEVER });
  await played.complete({ jobId, type: { case: "workspaceBuild", value: { stateId } } });

  await world.client.createWorkspaceBuild(workspace.id, { transition: "stop" });
  const next = await played.acquire();
  expect(next.type.value).toMatchObject({ stateSize: BigInt(state.length), state: new Uint8Array() });
  const down = await downloadState({ ...calls, jobId: next.jobId, signal: NEVER });
  clearInterval(timer);
  expect(Buffer.compare(down, state)).toBe(0);
  expect(pauseMs / (performance.now() - started)).toBeLessThan(0.25);
  await played.complete({ jobId: next.jobId, type: { case: "workspaceBuild", value: {} } });
}, 300_000);

describe("an upload ends at once", () => {
  const state = Buffer.alloc(64 * PIECE_BYTES, "x");

  test("when the server refuses it, however much is still to be sent", async () => {
    const refused = uploadState({ ...calls, jobId: crypto.randomUUID(), state, signal: NEVER });
    await expect(refused).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  test("when it is aborted, with nothing left behind", async () => {
    const { jobId } = await open();
    const abort = new AbortController();
    const aborted = uploadState({ ...calls, jobId, state, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("the daemon ends")), 50);
    await expect(aborted).rejects.toThrow(/canceled|the daemon ends/);
    await expect(uploadState({ ...calls, jobId, state, signal: abort.signal })).rejects.toThrow("the daemon ends");
    await played.complete({ jobId, type: { case: "workspaceBuild", value: {} } });
  });

  test("when its time is over", async () => {
    const { jobId } = await open();
    const late = uploadState({ ...calls, jobId, state, signal: NEVER, timeoutMs: 1 });
    await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    await played.complete({ jobId, type: { case: "workspaceBuild", value: {} } });
  });
});

describe("a download is refused that", () => {
  const sha256 = Buffer.from("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "hex");
  const announce = (size: bigint, hash: Uint8Array = sha256) => ({
    type: { case: "announcement" as const, value: { jobId: "", size, sha256: hash } },
  });
  const data = (text: string) => ({ type: { case: "data" as const, value: Buffer.from(text) } });
  for (const { what, messages, message } of [
    { what: "has no announcement", messages: [data("x")], message: "was not announced" },
    { what: "sends nothing", messages: [], message: "the state ended after 0 of 0 bytes" },
    { what: "ends early", messages: [announce(3n), data("xy")], message: "the state ended after 2 of 3 bytes" },
    { what: "has more", messages: [announce(1n), data("xy")], message: "more than its announced size" },
    { what: "has other bytes", messages: [announce(1n), data("x")], message: "does not match its announced hash" },
    { what: "is larger than any state", messages: [announce(1n << 40n)], message: "a state of 1099511627776 bytes was announced" },
  ]) {
    test(what, async () => {
      const server = {
        downloadState: async function* () {
          yield* messages.map((each) => ({ $typeName: "provisionerd.StatePiece" as const, ...each }));
        } as unknown as DaemonClient["downloadState"],
      };
      const download = downloadState({ ...calls, client: server, jobId: "1", signal: NEVER });
      await expect(download).rejects.toMatchObject({ code: "DATA_LOSS", message: expect.stringContaining(message) });
    });
  }
});
