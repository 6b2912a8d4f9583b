import { expect, test } from "vitest";
import { JOB_LOG_ERRORS_BYTES, JOB_LOG_LIMIT_BYTES } from "#proto/job-log-limit.ts";
import { fitJobLogs, type NewJobLog } from "./job-log-rules.ts";

const OVERFLOW = "The log has reached its limit of 1 MiB: later output is not kept, except errors.";

function line(output: string, level: NewJobLog["level"] = "info"): NewJobLog {
  return { source: "provisioner", level, stage: "Starting workspace", output, created_at: new Date(0) };
}

function appended(lines: readonly NewJobLog[], job = { logs_length: 0, logs_overflowed: false }) {
  const { kept, length, overflowed } = fitJobLogs(job, lines);
  return { kept, outputs: kept.map(({ output }) => output), length, overflowed };
}

test("keeps lines up to the limit, counted in bytes, with room for the line that says that others are missing", () => {
  const room = JOB_LOG_LIMIT_BYTES - OVERFLOW.length;
  expect(appended([line("é".repeat(room / 2))])).toMatchObject({ length: room, overflowed: false });
  const over = appended([line("x".repeat(room)), line("y"), line("z")]);
  expect(over.outputs.slice(1)).toEqual([OVERFLOW]);
  expect(over).toMatchObject({ length: JOB_LOG_LIMIT_BYTES, overflowed: true });
  expect(over.kept[1]).toMatchObject({ source: "provisioner_daemon", level: "warn", stage: "Starting workspace" });
});

test("a full log still takes errors, and nothing else, up to a limit of their own", () => {
  const full = { logs_length: JOB_LOG_LIMIT_BYTES, logs_overflowed: true };
  const lines = [line("info"), line("Error: it failed", "error"), line("warning", "warn"), line("  on main.tf line 3:", "error")];
  expect(appended(lines, full)).toMatchObject({ outputs: ["Error: it failed", "  on main.tf line 3:"], length: JOB_LOG_LIMIT_BYTES + 36 });
  const many = appended(
    Array.from({ length: 100 }, () => line("e".repeat(1_000), "error")),
    full,
  );
  expect(many.outputs).toHaveLength(Math.floor(JOB_LOG_ERRORS_BYTES / 1_000));
  expect(appended([line("more", "error"), line("e".repeat(1_000), "error")], { ...full, logs_length: many.length }).outputs).toEqual([
    "more",
  ]);
});

test("an error that is the first line too many is kept behind the notice", () => {
  const almost = { logs_length: JOB_LOG_LIMIT_BYTES - OVERFLOW.length, logs_overflowed: false };
  expect(appended([line("Error", "error")], almost).outputs).toEqual([OVERFLOW, "Error"]);
});

test("makes text storable", () => {
  expect(appended([{ ...line("a\0b"), stage: "c\0" }]).kept).toMatchObject([{ output: "a\u{FFFD}b", stage: "c\u{FFFD}" }]);
});
