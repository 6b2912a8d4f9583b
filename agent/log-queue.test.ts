import { expect, test } from "vitest";
import { LogQueue, type ScriptLogLine } from "#agent/log-queue.ts";

const at = new Date(0);
const line = (output: string): ScriptLogLine => ({ createdAt: at, level: "info", output });

/** Delivers into a list until nothing waits. */
async function drain(queue: LogQueue, fail: (batch: number) => boolean = () => false) {
  const sent: { source: string; outputs: string[] }[] = [];
  const numbers: { runId: string; first: number }[] = [];
  let batches = 0;
  const controller = new AbortController();
  const delivered = queue.deliver(async ({ sourceId: source, runId, first, lines }) => {
    numbers.push({ runId, first });
    if (fail(batches++)) throw new Error("the connection is lost");
    sent.push({ source, outputs: lines.map((each) => each.output) });
    return { limitExceeded: false };
  }, controller.signal);
  delivered.catch(() => {});
  await Promise.race([queue.whenEmpty(AbortSignal.timeout(5_000)), delivered.catch(() => {})]);
  controller.abort();
  const error: unknown = await delivered.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { sent, error, numbers };
}

test("sends each source's lines in order, the one that waits longest first", async () => {
  let now = 0;
  const queue = new LogQueue(() => now);
  queue.add("a", line("a1"));
  now = 500;
  queue.add("b", line("b1"));
  queue.add("a", line("a2"));
  now = 5_000;
  expect((await drain(queue)).sent).toEqual([
    { source: "a", outputs: ["a1", "a2"] },
    { source: "b", outputs: ["b1"] },
  ]);
});

test("waits until a line is a second old, or until asked", async () => {
  const queue = new LogQueue(() => 0);
  queue.add("a", line("a1"));
  queue.add("b", line("b1"));
  const controller = new AbortController();
  const sent: string[] = [];
  const first = Promise.withResolvers<void>();
  const delivered = queue.deliver(async ({ sourceId }) => {
    sent.push(sourceId);
    first.resolve();
    return { limitExceeded: false };
  }, controller.signal);
  queue.flush("b");
  await first.promise;
  expect(sent).toEqual(["b"]);
  controller.abort();
  await delivered;
});

test("keeps what could not be sent for the next connection", async () => {
  const queue = new LogQueue(() => 0);
  queue.add("a", line("a1"));
  queue.flush();
  const lost = await drain(queue, () => true);
  expect(lost).toMatchObject({ sent: [], error: new Error("the connection is lost") });
  expect((await drain(queue)).sent).toEqual([{ source: "a", outputs: ["a1"] }]);
});

test("splits what is larger than a message, and drops what is more than the server keeps", async () => {
  const queue = new LogQueue(() => 0);
  for (let n = 0; n < 20; n++) queue.add("a", line(`${n}:`.padEnd(100_000, "x")));
  queue.flush();
  const { sent } = await drain(queue);
  expect(sent.length).toBe(1);
  expect(sent[0]?.outputs.length).toBe(10);
  for (let n = 0; n < 1_000; n++) queue.add("a", line("x".repeat(1_060)));
  queue.flush();
  const second = await drain(queue);
  expect(second.sent.map(({ outputs }) => outputs.length)).toEqual([970, 30]);
});

test("takes nothing more after the server's limit", async () => {
  const queue = new LogQueue(() => 0);
  queue.add("a", line("a1"));
  queue.flush();
  const controller = new AbortController();
  const delivered = queue.deliver(async () => ({ limitExceeded: true }), controller.signal);
  await queue.whenEmpty(AbortSignal.timeout(5_000));
  queue.add("a", line("a2"));
  controller.abort();
  await delivered;
  expect((await drain(queue)).sent).toEqual([]);
});

test("lines have the same numbers when they are sent again, in each source and process from 1", async () => {
  const queue = new LogQueue(() => 0);
  queue.add("a", line("a1"));
  queue.add("a", line("a2"));
  queue.flush();
  const lost = await drain(queue, () => true);
  queue.add("a", line("a3"));
  queue.add("b", line("b1"));
  queue.flush();
  const again = await drain(queue);
  queue.add("a", line("a4"));
  queue.flush();
  const later = await drain(queue);
  expect([lost, again, later].map(({ numbers }) => numbers.map(({ first }) => first))).toEqual([[1], [1, 1], [4]]);
  expect(new Set([lost, again, later].flatMap(({ numbers }) => numbers.map(({ runId }) => runId))).size).toBe(1);

  const other = new LogQueue(() => 0);
  other.add("a", line("a1"));
  other.flush();
  const { numbers } = await drain(other);
  expect(numbers).toEqual([{ first: 1, runId: expect.not.stringMatching(lost.numbers[0]?.runId ?? "") }]);
});
