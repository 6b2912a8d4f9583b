import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createJobLogView, formatLocalTime, type LogLevel } from "./job-log.ts";

async function openView(options: { verbose: boolean }) {
  const out = new PassThrough();
  const chunks: Buffer[] = [];
  out.on("data", (chunk: Buffer) => chunks.push(chunk));
  const view = await createJobLogView({ out, verbose: options.verbose });
  return {
    view,
    shown: () =>
      Buffer.concat(chunks)
        .toString()
        .replaceAll(/\d{4}-\d\d-\d\d \S+ /g, "TIME "),
  };
}

const line = (stage: string, output: string, level: LogLevel = "info", createdAt = 0) => ({ stage, output, level, createdAt });

test("shows stages as they open and close, and their lines between", async () => {
  const { view, shown } = await openView({ verbose: false });
  view.openStage("Queued", 0);
  view.openStage("Running", 40);
  view.line(line("Setting up", "", "info", 50));
  view.line(line("Setting up", "unpacked", "info", 60));
  view.line(line("Starting workspace", "applied", "info", 90));
  view.close("done", 190.4);
  expect(shown()).toBe(
    [
      "==> ⧗ Queued",
      "=== ✔ Queued [40ms]",
      "==> ⧗ Running",
      "=== ✔ Running [10ms]",
      "==> ⧗ Setting up",
      "TIME unpacked",
      "=== ✔ Setting up [40ms]",
      "==> ⧗ Starting workspace",
      "TIME applied",
      "=== ✔ Starting workspace [100ms]",
      "",
    ].join("\n"),
  );
});

test("marks the stage that was open when the job failed", async () => {
  const { view, shown } = await openView({ verbose: false });
  view.openStage("Planning", 0);
  view.close("failed", 5);
  view.close("failed", 9);
  expect(shown()).toBe("==> ⧗ Planning\n=== ✘ Planning [5ms]\n");
});

test("marks the stage that logged the error, not the cleaning up after it", async () => {
  const { view, shown } = await openView({ verbose: false });
  view.line(line("Planning", "Error: no such resource", "error"));
  view.line(line("Cleaning Up", "", "info", 5));
  view.close("failed", 9);
  expect(shown()).toBe(
    ["==> ⧗ Planning", "TIME Error: no such resource", "=== ✘ Planning [5ms]", "==> ⧗ Cleaning Up", "=== ✔ Cleaning Up [4ms]", ""].join(
      "\n",
    ),
  );
});

test("never shows a negative time, whatever the clocks of server and daemon say", async () => {
  const { view, shown } = await openView({ verbose: false });
  view.openStage("Queued", 1_000);
  view.close("done", 400);
  expect(shown()).toContain("=== ✔ Queued [0ms]");
});

for (const { verbose, expected } of [
  { verbose: false, expected: ["info", "warn", "error"] },
  { verbose: true, expected: ["trace", "debug", "info", "warn", "error"] },
]) {
  test(`shows ${expected.join(", ")} ${verbose ? "when asked for more" : "by default"}`, async () => {
    const { view, shown } = await openView({ verbose });
    for (const level of ["trace", "debug", "info", "warn", "error"] as const) view.line(line("", level, level));
    expect(shown()).toBe(expected.map((level) => `TIME ${level}\n`).join(""));
  });
}

for (const { offset, formatted } of [
  { offset: 0, formatted: "2026-01-02 03:04:05.006Z" },
  { offset: 120, formatted: "2026-01-02 05:04:05.006+02:00" },
  { offset: -210, formatted: "2026-01-01 23:34:05.006-03:30" },
]) {
  test(`writes a time ${offset} minutes from UTC as ${formatted}`, () => {
    expect(formatLocalTime(new Date("2026-01-02T03:04:05.006Z"), offset)).toBe(formatted);
  });
}
