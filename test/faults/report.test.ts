import { expect, test } from "vitest";
import type { Violation } from "./invariants.ts";
import { type FaultName, type Ground, planRun } from "./plan.ts";
import { describeRun, describeTable, isFailed, tabulate } from "./report.ts";
import type { WalkedRun } from "./walk.ts";

const ground: Ground = { database: "sqlite", daemon: "external" };

function ended(fault: FaultName, more: { violations?: readonly Violation[]; apply?: boolean; endedAfterMs?: number } = {}): WalkedRun {
  const { violations = [], apply = false, endedAfterMs = 1_000 } = more;
  const plan = planRun(7, ground, { fault, step: "create", variant: "chain", moment: "inside" }, new Set());
  return {
    kind: "ended",
    plan,
    keptAt: violations.length > 0 ? "/tmp/kept" : undefined,
    result: {
      plan,
      violations,
      notes: ["back at once"],
      hit: { terraform: apply, apply },
      status: "failed",
      error: "",
      endedAfterMs,
      wallMs: 6_000,
      compared: { events: 6, exists: 2, written: "serial 3 with 2 resources", kept: "serial 3 with 2 resources" },
    },
  };
}

const broken: WalkedRun = { kind: "broken", plan: ended("partition").plan, keptAt: undefined, error: new Error("no answer to GET /x") };
const failed = ended("daemon-kill", {
  violations: [{ rule: "job-ends", says: "the job has not ended" }],
  apply: true,
  endedAfterMs: 3_000,
});

test("a run that failed says why, how to repeat it, and where its logs are", () => {
  expect(describeRun(ended("daemon-kill"))).toMatch(/^ok +7 +sqlite\/external .* back at once$/);
  const repeat =
    "npm run test:faults -- --seed 7 --runs 1 --database sqlite --daemon external --fault daemon-kill --step create --template chain --moment inside";
  expect(describeRun(failed).split("\n").slice(1)).toEqual([
    "       job-ends: the job has not ended",
    `       repeat: ${repeat}`,
    "       kept in /tmp/kept",
  ]);
  expect(describeRun(broken)).toContain("no answer to GET /x");
});

test("a run that broke off has failed", () => {
  expect([ended("daemon-kill"), failed, broken].map(isFailed)).toEqual([false, true, true]);
});

test("the table counts runs, hits and failures of each fault on each ground", () => {
  const runs = [ended("daemon-kill", { apply: true }), failed, broken];
  expect(tabulate(runs)).toEqual([
    { ...ground, fault: "daemon-kill", runs: 2, hitTerraform: 2, hitApply: 2, failed: 1, medianEndMs: 3_000, maxEndMs: 3_000 },
    { ...ground, fault: "partition", runs: 1, hitTerraform: 0, hitApply: 0, failed: 1, medianEndMs: undefined, maxEndMs: undefined },
  ]);
  const lines = describeTable(runs).split("\n");
  expect(lines).toHaveLength(5);
  expect(lines.at(-1)).toMatch(/^\| all .*\| 3 +\| 2 +\| 2 +\| 2 /);
});
