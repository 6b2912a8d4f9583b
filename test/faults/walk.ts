/** Many runs, in worlds that live side by side. */
import { appendFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FaultName, type Ground, groundsWithin, type Limits, type Plan, planRun } from "./plan.ts";
import type { ProcessWatch } from "./process-table.ts";
import { type RunResult, run } from "./run.ts";
import { openWorld, type World } from "./world.ts";

export interface WalkOptions {
  readonly limits: Limits;
  /** Plans of one ground in order. */
  readonly plans: (ground: Ground) => Iterable<Plan>;
  /** How many worlds live at a time. */
  readonly workers: number;
  readonly leaseMs: number;
  readonly processes: ProcessWatch;
  readonly unavailable: ReadonlySet<FaultName>;
  /** Folder for worlds. */
  readonly parent: string;
  /** Folder for what failed runs leave. */
  readonly failures: string;
  /** Whether a failed run leaves its whole world, and not only its logs. */
  readonly keepsWorlds: boolean;
  /** Aborted when no further run shall begin. */
  readonly signal: AbortSignal;
  /** Aborted when the worlds have to end at once, in the middle of their runs. */
  readonly abandon: AbortSignal;
  readonly onRun: (result: WalkedRun) => void;
}

/** A run that came to its end, or one that broke off because its world could not be used. */
export type WalkedRun = { readonly plan: Plan; readonly keptAt: string | undefined } & (
  | { readonly kind: "ended"; readonly result: RunResult }
  | { readonly kind: "broken"; readonly error: Error }
);

/** @returns how many worlds were opened */
export async function walk(options: WalkOptions): Promise<number> {
  const grounds = groundsWithin(options.limits);
  const plans = new Map(grounds.map((ground) => [ground, options.plans(ground)[Symbol.iterator]()]));
  const lanes = Array.from({ length: Math.max(grounds.length, options.workers) }, (_, index) => grounds[index % grounds.length]);
  const opened: number[] = [];
  const worker = async (): Promise<void> => {
    for (let ground = lanes.shift(); ground !== undefined; ground = lanes.shift()) {
      const next = plans.get(ground);
      if (next !== undefined) opened.push(await walkLane(ground, next, options));
    }
  };
  await Promise.all(Array.from({ length: options.workers }, worker));
  return opened.reduce((sum, each) => sum + each, 0);
}

/** Runs one plan after another in a world, and in a new one after a run that failed. */
async function walkLane(ground: Ground, plans: Iterator<Plan>, options: WalkOptions): Promise<number> {
  let [world, opened]: [World | undefined, number] = [undefined, 0];
  const abandon = (): void => void world?.[Symbol.asyncDispose]();
  options.abandon.addEventListener("abort", abandon, { once: true });
  try {
    while (!options.signal.aborted) {
      const { value: plan, done } = plans.next();
      if (done === true) break;
      try {
        if (world === undefined) opened += 1;
        world ??= await openWorld({ ...ground, ...options, hasDisks: !options.unavailable.has("disk-jobs") });
        appendFileSync(world.server.logFile, `--- seed ${plan.seed}: ${plan.step} ${plan.variant} ${plan.fault} ${plan.moment.kind}\n`);
        const result = await run(world, plan);
        const failed = result.violations.length > 0;
        options.onRun({ kind: "ended", plan, result, keptAt: failed ? await keep(world, plan, result, options) : undefined });
        if (!failed) continue;
      } catch (reason) {
        if (options.abandon.aborted) break;
        const error = reason instanceof Error ? reason : new Error(String(reason));
        options.onRun({ kind: "broken", plan, error, keptAt: world && (await keep(world, plan, { error: error.stack }, options)) });
      }
      await world?.[Symbol.asyncDispose]();
      world = undefined;
    }
  } finally {
    options.abandon.removeEventListener("abort", abandon);
    await world?.[Symbol.asyncDispose]();
  }
  return opened;
}

/** @returns the folder where what happened can be read */
async function keep(world: World, plan: Plan, result: unknown, { failures, keepsWorlds }: WalkOptions): Promise<string> {
  const folder = join(failures, `seed-${plan.seed}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "run.json"), JSON.stringify(result, undefined, 2));
  const parts = keepsWorlds ? ["logs", "made", "data", ...world.daemons.map((_, index) => `daemon-${index}`)] : ["logs", "made"];
  for (const part of parts) {
    await cp(join(world.directory, part), join(folder, part), { recursive: true }).catch((error: unknown) =>
      writeFile(join(folder, `${part}.missing`), String(error)),
    );
  }
  return folder;
}

/** The plans of a walk through many seeds: each ground gets every so manieth of them. */
export function seededPlans(options: {
  readonly seed: number;
  readonly runs: number;
  readonly limits: Limits;
  readonly unavailable: ReadonlySet<FaultName>;
}): (ground: Ground) => Generator<Plan> {
  const { seed, runs, limits, unavailable } = options;
  const grounds = groundsWithin(limits);
  return function* ({ database, daemon }) {
    const own = grounds.findIndex((each) => each.database === database && each.daemon === daemon);
    for (let each = seed; each < seed + runs; each++)
      if (each % grounds.length === own) yield planRun(each, { database, daemon }, limits, unavailable);
  };
}
