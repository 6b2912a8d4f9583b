import { Metadata } from "@grpc/grpc-js";
import { pino } from "pino";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { formatSecret } from "#credentials/secret.ts";
import { JOB_LOG_LIMIT_BYTES } from "#proto/job-log-limit.ts";
import { StatusError } from "#proto/status.ts";
import { Backoff, type Sleep } from "#transport/backoff.ts";
import type { DaemonClient } from "./connection.ts";
import { JobReporter } from "./job-reporter.ts";
import { Lease } from "./lease.ts";
import { callUntilAnswered } from "./terminal-call.ts";

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

/** By the timers that these tests move; those of `node:timers/promises` they cannot. */
const sleep: Sleep = (ms, _, { signal }) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

type UpdateJob = DaemonClient["updateJob"];
type Request = Parameters<UpdateJob>[0];

interface Sent {
  readonly at: number;
  readonly lines: number;
  readonly request: Request;
}

function report(
  options: { answer?: (call: number) => { canceled?: boolean; leaseMs?: number } | StatusError; updateIntervalMs?: number } = {},
) {
  const sent: Sent[] = [];
  const startedAt = Date.now();
  const updateJob: UpdateJob = async (request) => {
    sent.push({ at: Date.now() - startedAt, lines: request.logs?.length ?? 0, request });
    const answer = options.answer?.(sent.length) ?? {};
    if (answer instanceof StatusError) throw answer;
    return {
      $typeName: "provisionerd.UpdateJobResponse",
      canceled: answer.canceled ?? false,
      variableValues: [],
      leaseMs: BigInt(answer.leaseMs ?? 45_000),
    };
  };
  const lease = new Lease(45_000, startedAt, Date.now);
  const reporter = new JobReporter({
    client: { updateJob, uploadState: () => Promise.reject(new Error("not expected")) },
    metadata: new Metadata(),
    jobId: "job",
    lease,
    updateIntervalMs: options.updateIntervalMs ?? 1_000,
    now: Date.now,
    wallNow: Date.now,
    backoff: new Backoff({ baseMs: 25, capMs: 2_000, sleep }),
    log: pino({ level: "silent" }),
  });
  onTestFinished(() => reporter[Symbol.asyncDispose]());
  return { reporter, sent, lease };
}

test("sends a heartbeat only when nothing else went out for an interval", async () => {
  const { reporter, sent } = report();
  await vi.advanceTimersByTimeAsync(999);
  expect(sent).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.map(({ at, lines }) => [at, lines])).toEqual([[1_000, 0]]);
  await vi.advanceTimersByTimeAsync(500);
  reporter.line("terraform", "info", "s", "x");
  await vi.advanceTimersByTimeAsync(1_249);
  expect(sent.map(({ at, lines }) => [at, lines])).toEqual([
    [1_000, 0],
    [1_750, 1],
  ]);
});

test("a line waits 250 ms for company, no longer, in however steady a stream", async () => {
  const { reporter, sent } = report({ updateIntervalMs: 60_000 });
  for (let n = 0; n < 20; n++) {
    reporter.line("terraform", "info", "s", `line ${n}`);
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(sent[0]).toMatchObject({ at: 250 });
  expect(sent.length).toBeGreaterThanOrEqual(3);
  await reporter.flush();
  const lines = sent.flatMap(({ request }) => request.logs?.map(({ output }) => output));
  expect(lines).toEqual(Array.from({ length: 20 }, (_, n) => `line ${n}`));
});

test("a full batch of lines waits for nothing", async () => {
  const { reporter, sent } = report({ updateIntervalMs: 60_000 });
  for (let n = 0; n < 499; n++) reporter.line("terraform", "info", "s", "x");
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toHaveLength(0);
  reporter.line("terraform", "info", "s", "x");
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.map(({ lines }) => lines)).toEqual([500]);
});

test("sends the newest state at once", async () => {
  const { reporter, sent } = report();
  reporter.state(Buffer.from("1"));
  reporter.state(Buffer.from("2"));
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.map(({ request }) => Buffer.from(request.workspaceBuildState ?? []).toString())).toEqual(["2"]);
});

test("hides secrets and zero bytes in lines", async () => {
  const { reporter, sent } = report();
  reporter.line("terraform", "info", "s", `token=${formatSecret("agent")}\0`);
  await reporter.flush();
  expect(sent[0]?.request.logs?.[0]?.output).toBe("token=pva_...\uFFFD");
});

test("tells of a cancel once the server does", async () => {
  const { reporter } = report({ answer: (call) => ({ canceled: call >= 2 }) });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reporter.canceled.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reporter.canceled.aborted).toBe(true);
});

test("tries again through an outage, in order and without loss, as long as the lease lasts", async () => {
  let isAway = true;
  const { reporter, sent, lease } = report({ answer: () => (isAway ? new StatusError("UNAVAILABLE", "away") : {}) });
  reporter.line("terraform", "info", "s", "a");
  await vi.advanceTimersByTimeAsync(27_000);
  reporter.line("terraform", "info", "s", "b");
  isAway = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(lease.ending.aborted).toBe(false);
  const arrived = sent.slice(sent.findIndex(({ at }) => at >= 27_000)).flatMap(({ request }) => request.logs?.map(({ output }) => output));
  expect(arrived).toEqual(["a", "b"]);
});

test("a run is interrupted and over before its lease is, counted from the last call that was answered", async () => {
  let isAway = false;
  const { reporter, lease } = report({ answer: () => (isAway ? new StatusError("UNAVAILABLE", "away") : { leaseMs: 30_000 }) });
  await vi.advanceTimersByTimeAsync(10_000);
  isAway = true;
  await vi.advanceTimersByTimeAsync(19_999);
  expect(lease.ending.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(lease.ending.aborted).toBe(true);
  expect(String(lease.ending.reason)).toContain("did not answer for most of the job's lease of 30 s");
  await vi.advanceTimersByTimeAsync(8_999);
  expect(lease.ended.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(lease.ended.aborted).toBe(true);
  await reporter.flush();
});

test("an answer in the last moment gives an interrupted run more time to end", async () => {
  let isAway = true;
  const { lease } = report({ answer: () => (isAway ? new StatusError("UNAVAILABLE", "away") : {}) });
  await vi.advanceTimersByTimeAsync(35_000);
  expect(lease.ending.aborted).toBe(true);
  isAway = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lease.ended.aborted).toBe(false);
});

test("lines are numbered, and a repeated call repeats their numbers", async () => {
  const { reporter, sent } = report({
    updateIntervalMs: 60_000,
    answer: (call) => (call === 2 ? new StatusError("UNAVAILABLE", "away") : {}),
  });
  for (const text of ["a", "b", "c"]) {
    reporter.line("terraform", "info", "s", text);
    if (text !== "a") reporter.line("terraform", "info", "s", text);
    await Promise.all([reporter.flush(), vi.advanceTimersByTimeAsync(5_000)]);
  }
  const numbered = sent.filter(({ lines }) => lines > 0).map(({ lines, request }) => [request.firstLog, lines]);
  expect(numbered).toEqual([
    [1n, 1],
    [2n, 2],
    [2n, 2],
    [4n, 2],
  ]);
});

test("a refused heartbeat means that the job is not ours", async () => {
  const { lease } = report({ answer: () => new StatusError("FAILED_PRECONDITION", "you do not own this job") });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(String(lease.ending.reason)).toContain("you do not own this job");
});

test("refused lines are dropped, and cost the job nothing", async () => {
  const { reporter, sent, lease } = report({ answer: (call) => (call === 1 ? new StatusError("INVALID_ARGUMENT", "bad line") : {}) });
  reporter.line("terraform", "info", "s", "bad");
  await reporter.flush();
  reporter.line("terraform", "info", "s", "good");
  await reporter.flush();
  expect(lease.ending.aborted).toBe(false);
  expect(sent.at(-1)?.request.logs?.map(({ output }) => output)).toEqual(["good"]);
});

test("a state that went with refused lines is sent once more", async () => {
  const { reporter, sent } = report({ answer: (call) => (call === 1 ? new StatusError("INVALID_ARGUMENT", "bad line") : {}) });
  reporter.line("terraform", "info", "s", "bad");
  reporter.state(Buffer.from("1"));
  await reporter.flush();
  expect(sent.map(({ request }) => Buffer.from(request.workspaceBuildState ?? []).toString())).toEqual(["1", "1"]);
});

test("in a flood, calls carry more lines, but not all of them at once", async () => {
  const { reporter, sent } = report();
  for (let n = 0; n < 1_200; n++) reporter.line("terraform", "info", "s", `line ${n}`);
  await reporter.flush();
  expect(sent.map(({ lines }) => lines)).toEqual([500, 500, 200]);
});

test("what no log could keep is not sent: a line says so, and errors still come", async () => {
  const { reporter, sent } = report();
  const text = "x".repeat(1_000);
  for (let n = 0; n < 10_000; n++) reporter.line("terraform", "info", "s", text);
  reporter.line("terraform", "error", "s", "Error: local-exec provisioner error");
  reporter.stage("next");
  for (let n = 0; n < 1_000; n++) reporter.line("terraform", "error", "s", text);
  await reporter.flush();
  const outputs = sent.flatMap(({ request }) => request.logs?.map(({ output }) => output) ?? []);
  const kept = outputs.indexOf(outputs.find((output) => output !== text) ?? "");
  // More than a server keeps, or its own line about the limit would be missing.
  expect(kept * text.length).toBeGreaterThan(JOB_LOG_LIMIT_BYTES);
  expect(kept * text.length).toBeLessThan(JOB_LOG_LIMIT_BYTES + 2 * text.length);
  expect(outputs.slice(kept, kept + 3)).toEqual([
    "The log has reached its limit of 1 MiB: later output is not sent, except errors.",
    "Error: local-exec provisioner error",
    text,
  ]);
  const errors = outputs.length - kept - 1;
  expect(errors * text.length).toBeGreaterThan(60_000);
  expect(errors * text.length).toBeLessThan(80_000);
});

test("a flood of short lines is cut where it cannot be sent, and says so once; what the daemon itself says is kept", async () => {
  const { reporter, sent } = report();
  for (let n = 0; n < 100_000; n++) reporter.line("terraform", "info", "s", "1234567");
  reporter.stage("next");
  await reporter.flush();
  reporter.line("terraform", "info", "s", "after the flood");
  await reporter.flush();
  const outputs = sent.flatMap(({ request }) => request.logs?.map(({ output }) => output) ?? []);
  const kept = outputs.filter((output) => output === "1234567").length;
  expect(kept).toBeGreaterThan(50_000);
  expect(kept).toBeLessThan(70_000);
  expect(outputs.slice(kept)).toEqual([expect.stringContaining("missing here"), "", "after the flood"]);
});

test("an update comes after the lines before it, and its refusal is thrown", async () => {
  const { reporter, sent, lease } = report({ answer: (call) => (call === 2 ? new StatusError("INVALID_ARGUMENT", "no") : {}) });
  reporter.line("terraform", "info", "s", "first");
  await expect(reporter.update({ readme: Buffer.from("r") })).rejects.toThrow("no");
  expect(sent.map(({ lines }) => lines)).toEqual([1, 0]);
  expect(lease.ending.aborted).toBe(false);
});

test("several who wait for a flush are all told", async () => {
  const { reporter } = report();
  reporter.line("terraform", "info", "s", "x");
  await Promise.all([reporter.flush(), reporter.flush()]);
});

for (const { given, codes, calls, throws } of [
  { given: "an outage", codes: ["UNAVAILABLE", "DEADLINE_EXCEEDED", "UNAUTHENTICATED"], calls: 4, throws: undefined },
  { given: "a refusal", codes: ["FAILED_PRECONDITION"], calls: 1, throws: "FAILED_PRECONDITION" },
  { given: "a fault that passes", codes: ["INTERNAL", "UNAVAILABLE", "INTERNAL", "INTERNAL", "INTERNAL"], calls: 6, throws: undefined },
  { given: "a fault that stays", codes: Array.from({ length: 200 }, () => "INTERNAL" as const), calls: undefined, throws: "INTERNAL" },
] as const) {
  test(`a call that must get through, and ${given}`, async () => {
    let made = 0;
    const call = callUntilAnswered(
      async () => {
        const code = codes[made++];
        if (code !== undefined) throw new StatusError(code, code);
        return "answer";
      },
      { signal: new AbortController().signal, backoff: new Backoff({ baseMs: 25, capMs: 5_000, sleep }) },
    ).catch((error: unknown) => (error instanceof StatusError ? error.code : "other"));
    await vi.advanceTimersByTimeAsync(90_000);
    expect(await call).toBe(throws ?? "answer");
    if (calls !== undefined) expect(made).toBe(calls);
  });
}

test("a call that must get through gives up when time is up", async () => {
  const call = callUntilAnswered(() => Promise.reject(new StatusError("UNAVAILABLE", "away")), {
    limitMs: 10_000,
    signal: new AbortController().signal,
    backoff: new Backoff({ baseMs: 25, capMs: 5_000, sleep }),
  }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(String(await call)).toContain("away");
});
