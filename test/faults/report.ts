import { FAULT_NAMES } from "./faults.ts";
import { type FaultName, type Ground, groundsWithin, type Plan } from "./plan.ts";
import type { WalkedRun } from "./walk.ts";

/** One line for a run, and a few more if it failed. */
export function describeRun(each: WalkedRun): string {
  const { plan } = each;
  const what = [
    String(plan.seed).padStart(6),
    `${plan.database}/${plan.daemon}`.padEnd(17),
    `${plan.step} ${plan.variant}`.padEnd(13),
    plan.fault.padEnd(14),
    plan.moment.kind.padEnd(8),
  ].join("  ");
  if (each.kind === "broken") return [`BROKEN ${what}`, `       ${each.error.message}`, ...trace(each)].join("\n");
  const { violations, hit, status, endedAfterMs, wallMs, notes } = each.result;
  const line = [
    violations.length === 0 ? "ok    " : "FAILED",
    what,
    (hit.apply ? "in apply" : hit.terraform ? "in Terraform" : "").padEnd(12),
    `${status ?? "unended"} after ${seconds(endedAfterMs ?? 0)}`.padEnd(22),
    seconds(wallMs).padStart(7),
    notes.join("; "),
  ].join("  ");
  if (violations.length === 0) return line.trimEnd();
  return [line.trimEnd(), ...violations.map(({ rule, says }) => `       ${rule}: ${says}`), ...trace(each)].join("\n");
}

function trace({ plan, keptAt }: WalkedRun): string[] {
  return [`       repeat: ${repeatCommand(plan)}`, ...(keptAt === undefined ? [] : [`       kept in ${keptAt}`])];
}

/** Everything that the seed chose is named, so that it means the same run when weights change. */
function repeatCommand({ seed, database, daemon, fault, step, variant, moment }: Plan): string {
  const where = `--database ${database} --daemon ${daemon}`;
  return `npm run test:faults -- --seed ${seed} --runs 1 ${where} --fault ${fault} --step ${step} --template ${variant} --moment ${moment.kind}`;
}

export interface Row extends Ground {
  readonly fault: FaultName;
  readonly runs: number;
  /** Of these, how many struck a running Terraform, and how many one that made changes. */
  readonly hitTerraform: number;
  readonly hitApply: number;
  readonly failed: number;
  /** From the fault's end to the job's, in milliseconds. */
  readonly medianEndMs: number | undefined;
  readonly maxEndMs: number | undefined;
}

/** A row for each ground and fault that was tried. */
export function tabulate(runs: readonly WalkedRun[]): Row[] {
  return groundsWithin({}).flatMap((ground) =>
    FAULT_NAMES.flatMap((fault) => {
      const some = runs.filter(({ plan }) => plan.database === ground.database && plan.daemon === ground.daemon && plan.fault === fault);
      return some.length === 0 ? [] : [{ ...ground, fault, ...totals(some) }];
    }),
  );
}

function totals(runs: readonly WalkedRun[]): Omit<Row, "fault" | keyof Ground> {
  const results = runs.flatMap((each) => (each.kind === "ended" ? [each.result] : []));
  const ends = results.flatMap(({ endedAfterMs }) => (endedAfterMs === undefined ? [] : [endedAfterMs])).toSorted((a, b) => a - b);
  return {
    runs: runs.length,
    hitTerraform: results.filter(({ hit }) => hit.terraform).length,
    hitApply: results.filter(({ hit }) => hit.apply).length,
    failed: runs.filter(isFailed).length,
    medianEndMs: ends[Math.floor(ends.length / 2)],
    maxEndMs: ends.at(-1),
  };
}

export function isFailed(each: WalkedRun): boolean {
  return each.kind === "broken" || each.result.violations.length > 0;
}

/** The table as Markdown, as `docs/reliability.md` has it, with a row of all in the end. */
export function describeTable(runs: readonly WalkedRun[]): string {
  const head = ["database", "daemon", "fault", "runs", "hit Terraform", "in apply", "failed", "job ended after, median / max"];
  const cells = (row: Omit<Row, "fault" | keyof Ground>): string[] => [
    ...[row.runs, row.hitTerraform, row.hitApply, row.failed].map(String),
    row.maxEndMs === undefined ? "-" : `${seconds(row.medianEndMs ?? 0)} / ${seconds(row.maxEndMs)}`,
  ];
  const rows = [
    ...tabulate(runs).map((row) => [row.database, row.daemon, row.fault, ...cells(row)]),
    ...(runs.length === 0 ? [] : [["all", "", "", ...cells(totals(runs))]]),
  ];
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
