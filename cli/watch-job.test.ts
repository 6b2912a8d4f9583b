import { expect, test } from "vitest";
import type { ProvisionerJob, ProvisionerJobLog } from "#sdk/provisioner-jobs.ts";
import { JOB, LOG_LINE } from "#test/cli/canned.ts";
import { createFakeContext } from "#test/cli/fake-context.ts";
import { CanceledError } from "./failure.ts";
import { type JobWatch, warnIfNobodyRuns, watchJob } from "./watch-job.ts";

const { started_at: _started, completed_at: _completed, ...QUEUED } = { ...JOB, status: "pending", queue_position: 2 };
const job = (given: object) => given as ProvisionerJob;

async function* noLogs(): AsyncGenerator<ProvisionerJobLog> {}
async function* oneLine(): AsyncGenerator<ProvisionerJobLog> {
  yield LOG_LINE as ProvisionerJobLog;
}
async function* untilAborted(signal: AbortSignal): AsyncGenerator<ProvisionerJobLog> {
  yield LOG_LINE as ProvisionerJobLog;
  await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

test("shows the queue, then the log, and gives the job that has ended", async () => {
  const { context, stdout } = createFakeContext();
  const answers = [job(QUEUED), job(QUEUED), job(JOB)];
  const ended = await watchJob(context, { fetchJob: async () => answers.shift() ?? job(JOB), followLogs: oneLine, verbose: false });
  expect(ended).toEqual(JOB);
  expect(stdout()).toMatch(
    /^==> ⧗ Queued \(position: 2\)\n=== ✔ Queued \(position: 2\) .*\n==> ⧗ Starting workspace\n.* applied\n=== ✔ Starting workspace \[1000ms\]\n$/,
  );
});

for (const { end, error, details } of [
  { end: { status: "failed", error: "Error: no image\n  on main.tf" }, error: "no image", details: ["  on main.tf"] },
  {
    end: { status: "failed", error: "x", error_code: "REQUIRED_TEMPLATE_VARIABLES" },
    error: "x",
    details: [expect.stringContaining("--variable")],
  },
  { end: { status: "unknown" }, error: expect.stringContaining("unknown"), details: [] },
]) {
  test(`a job that ends with ${JSON.stringify(end)} fails with its own words`, async () => {
    const { context, stdout } = createFakeContext();
    const watch = watchJob(context, { fetchJob: async () => job({ ...JOB, ...end }), followLogs: noLogs, verbose: false });
    await expect(watch).rejects.toMatchObject({ name: "CliError", message: error, details });
    expect(stdout()).toContain("✘");
  });
}

test("a job that was canceled needs no words", async () => {
  const { context } = createFakeContext();
  const watch = watchJob(context, { fetchJob: async () => job({ ...JOB, status: "canceled" }), followLogs: noLogs, verbose: false });
  await expect(watch).rejects.toBeInstanceOf(CanceledError);
});

test("Ctrl-C leaves a job that cannot be canceled, and says how to come back", async () => {
  const { context, stdout, pressCtrlC } = createFakeContext();
  const fetchJob = async () => {
    queueMicrotask(pressCtrlC);
    return job(QUEUED);
  };
  await expect(watchJob(context, { fetchJob, followLogs: untilAborted, leaveHint: "Come back.", verbose: false })).rejects.toBeInstanceOf(
    CanceledError,
  );
  expect(stdout()).toContain("Come back.");
});

test("the first Ctrl-C cancels the job and waits for its end", async () => {
  const { context, pressCtrlC } = createFakeContext();
  let status = "running";
  const cancel: JobWatch["cancel"] = async () => {
    status = "canceled";
  };
  const fetchJob = async () => {
    if (status === "running") queueMicrotask(pressCtrlC);
    const { completed_at: _, ...running } = JOB;
    return job({ ...(status === "running" ? running : JOB), status });
  };
  await expect(watchJob(context, { fetchJob, followLogs: noLogs, cancel, verbose: false })).rejects.toBeInstanceOf(CanceledError);
  expect(status).toBe("canceled");
});

test("ends with the error of a log stream that breaks", async () => {
  const { context } = createFakeContext();
  async function* broken(): AsyncGenerator<ProvisionerJobLog> {
    yield LOG_LINE as ProvisionerJobLog;
    throw new Error("the stream ended early");
  }
  await expect(watchJob(context, { fetchJob: async () => job(QUEUED), followLogs: broken, verbose: false })).rejects.toThrow("ended early");
});

for (const { matched, warns } of [
  { matched: { available: 0, count: 1 }, warns: true },
  { matched: { available: 1, count: 1 }, warns: false },
  { matched: undefined, warns: false },
]) {
  test(`${warns ? "warns" : "does not warn"} with daemons ${JSON.stringify(matched)}`, () => {
    const { context, stderr } = createFakeContext();
    warnIfNobodyRuns(context, { matched_provisioners: matched, job: job(JOB) } as Parameters<typeof warnIfNobodyRuns>[1]);
    expect(stderr()).toMatch(warns ? /^warning: .*owner= scope=organization.*`proviso provisioner start`/ : /^$/);
  });
}
