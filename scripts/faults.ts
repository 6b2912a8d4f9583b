/**
 * The fault walk: `npm run test:faults`. Real servers, daemons and Terraform are killed, stopped, cut off and starved, and what must hold
 * afterward is checked (docs/reliability.md). The last line is `faults: N passed, N failed`.
 */
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { FAULT_NAMES, FAULT_SUMMARIES, findUnavailable } from "#test/faults/faults.ts";
import { DAEMON_KINDS, DATABASES, type Limits, MOMENT_NAMES, STEP_NAMES } from "#test/faults/plan.ts";
import { watchProcesses } from "#test/faults/process-table.ts";
import { describeRun, describeTable, isFailed, tabulate } from "#test/faults/report.ts";
import { shortPlans } from "#test/faults/short-plans.ts";
import { VARIANT_NAMES } from "#test/faults/template.ts";
import { seededPlans, type WalkedRun, walk } from "#test/faults/walk.ts";

const UNSHARED = "PROVISO_FAULTS_UNSHARED";

interface Options extends Pick<Limits, "database" | "daemon" | "fault" | "step" | "moment"> {
  readonly runs: number;
  readonly seed: number;
  readonly template?: Limits["variant"];
  readonly workers: number;
  readonly minutes?: number;
  readonly lease: number;
  readonly short?: boolean;
  readonly keep?: boolean;
  readonly json?: string;
}

const program = new Command("npm run test:faults --")
  .description("Break real servers, daemons and networks in the middle of builds, and check that nothing is lost")
  .addOption(new Option("--runs <count>", "number of runs").default(100).argParser(atLeast(1)))
  .addOption(new Option("--seed <number>", "seed of the first run; each further run has the next one").default(1).argParser(atLeast(0)))
  .addOption(new Option("--database <name>", "only this database").choices(DATABASES))
  .addOption(new Option("--daemon <kind>", "only this kind of daemon").choices(DAEMON_KINDS))
  .addOption(new Option("--fault <name>", "only this fault").choices(FAULT_NAMES))
  .addOption(new Option("--step <name>", "only this step").choices(STEP_NAMES))
  .addOption(new Option("--template <name>", "only this template").choices(VARIANT_NAMES))
  .addOption(new Option("--moment <kind>", "strike only then").choices(MOMENT_NAMES))
  .addOption(new Option("--workers <count>", "number of worlds at a time").default(8).argParser(atLeast(1)))
  .addOption(new Option("--minutes <count>", "time after which no further run begins").argParser(atLeast(1)))
  .addOption(new Option("--lease <seconds>", "lease of a job").default(5).argParser(atLeast(1)))
  .addOption(new Option("--short", "the short part that CI runs: the main faults on every ground"))
  .addOption(new Option("--keep", "keep the whole world of a failed run, and not only its logs"))
  .addOption(new Option("--json <file>", "write every run and the table as JSON"))
  .addHelpText("after", `\nFaults:\n${FAULT_NAMES.map((name) => `  ${name.padEnd(16)}${FAULT_SUMMARIES[name]}`).join("\n")}`);

program.parse();
// Disks that the walk mounts are then seen by nobody else, and end with it, however it ends.
if (process.getuid?.() === 0 && process.env[UNSHARED] === undefined && existsSync("/usr/bin/unshare")) {
  const args = ["unshare", "--mount", process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.("/usr/bin/unshare", args, { ...definedEnvironment(), [UNSHARED]: "1" });
}
process.exitCode = await main(program.opts<Options>());

async function main(options: Options): Promise<number> {
  const startedAt = performance.now();
  const { database, daemon, fault, step, moment, template: variant } = options;
  const limits: Limits = {
    ...(database !== undefined && { database }),
    ...(daemon !== undefined && { daemon }),
    ...(fault !== undefined && { fault }),
    ...(step !== undefined && { step }),
    ...(moment !== undefined && { moment }),
    ...(variant !== undefined && { variant }),
  };
  const reasons = await findUnavailable();
  for (const [name, reason] of reasons) console.log(`skipped: ${name}, because ${reason}`);
  if (fault !== undefined && reasons.has(fault)) return 1;
  const unavailable = new Set(reasons.keys());
  const parent = await mkdtemp(join(tmpdir(), "proviso-faults-"));
  // PostgreSQL, which is another user if this one is root, has to get through.
  await chmod(parent, 0o755);
  const failures = await mkdtemp(join(tmpdir(), "proviso-faults-failed-"));
  const [ending, abandoning] = [new AbortController(), new AbortController()];
  const onSignal = (): void => {
    if (ending.signal.aborted) abandoning.abort();
    ending.abort();
    console.log("ending after the runs that have begun; send the signal again to abandon them");
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  const timer = setTimeout(() => ending.abort(), (options.minutes ?? 24 * 60) * 60_000);
  timer.unref();
  const runs: WalkedRun[] = [];
  using processes = watchProcesses();
  try {
    const worlds = await walk({
      limits,
      plans: options.short ? shortPlans(options.seed, unavailable) : seededPlans({ ...options, limits, unavailable }),
      workers: options.workers,
      leaseMs: options.lease * 1_000,
      processes,
      unavailable,
      parent,
      failures,
      keepsWorlds: options.keep === true,
      signal: ending.signal,
      abandon: abandoning.signal,
      onRun: (each) => {
        runs.push(each);
        console.log(describeRun(each));
      },
    });
    const wallMs = performance.now() - startedAt;
    console.log(`\n${describeTable(runs)}\n`);
    console.log(describeCost(runs.length, worlds, wallMs));
    if (options.json !== undefined)
      await writeFile(
        options.json,
        JSON.stringify({ options, wallMs, worlds, table: tabulate(runs), runs: runs.map(plainRun) }, undefined, 1),
      );
  } finally {
    clearTimeout(timer);
    await rm(parent, { recursive: true, force: true, maxRetries: 5 });
    if ((await readdir(failures)).length === 0) await rm(failures, { recursive: true });
  }
  const failed = runs.filter(isFailed).length;
  console.log(`faults: ${runs.length - failed} passed, ${failed} failed`);
  return failed === 0 && runs.length > 0 ? 0 : 1;
}

/** An error has nothing that JSON shows. */
function plainRun(each: WalkedRun) {
  return each.kind === "broken" ? { ...each, error: each.error.stack } : each;
}

/** Of the programs, only those are counted that were children of this process or of one of its children. */
function describeCost(runs: number, worlds: number, wallMs: number): string {
  const own = process.cpuUsage();
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const TICKS_PER_SECOND = 100;
  const [ownSeconds, childSeconds] = [(own.user + own.system) / 1e6, (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND];
  const each = (seconds: number): string => `${(seconds / Math.max(1, runs)).toFixed(2)} s`;
  return `${runs} runs in ${(wallMs / 1_000).toFixed(0)} s with ${worlds} worlds; CPU a run: ${each(childSeconds)} in programs, ${each(ownSeconds)} in the walk`;
}

function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`expected a whole number, at least ${least}`);
    return value;
  };
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
