/** One run: a step, a fault in the middle of it, and what is there afterward. */
import { setTimeout as sleep } from "node:timers/promises";
import { goOn } from "./afterward.ts";
import { chanceOf } from "./chance.ts";
import { readyFault } from "./faults.ts";
import { checkAfterward, checkObservation, type Observation, type Violation } from "./invariants.ts";
import { watchLag } from "./lag.ts";
import { forgetWorkspace } from "./made.ts";
import { waitForMoment } from "./moments.ts";
import { observe } from "./observe.ts";
import type { Plan } from "./plan.ts";
import { isApplying } from "./process-table.ts";
import { boundMs, settle } from "./settle.ts";
import type { SeenState } from "./state-watch.ts";
import { beginStep, prepareStep, type Step } from "./steps.ts";
import type { Strike } from "./strike.ts";
import type { TerraformState } from "./terraform-state.ts";
import type { World } from "./world.ts";
import { readWritten, startWriting } from "./writes.ts";

export interface RunResult {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  readonly notes: readonly string[];
  /** Terraform ran, or was making changes, when the fault struck. */
  readonly hit: { readonly terraform: boolean; readonly apply: boolean };
  readonly status: string | undefined;
  readonly error: string;
  /** From the fault's end to the job's. */
  readonly endedAfterMs: number | undefined;
  readonly wallMs: number;
  /** How late the walk itself got to run. */
  readonly lagMs: number;
  /** What the checks had to compare, for whoever doubts that there was something. */
  readonly compared: { readonly events: number; readonly exists: number; readonly written: string; readonly kept: string };
}

const NEXT_BUILD_MS = 60_000;
/** How long a canceled run takes to end. */
const CANCELED_MS = 200;

/** @throws Error if the world cannot be used, before or after the fault; what was found until then is lost */
export async function run(world: World, plan: Plan): Promise<RunResult> {
  const startedAt = performance.now();
  using lag = watchLag();
  const isStarved = (): boolean => lag.largestMs() > world.leaseMs / 10;
  const notes: string[] = [];
  const chance = chanceOf(plan.seed, "strike");
  const strikes = await readyFault(plan.fault, world, chance);
  const name = `w${plan.seed}-${Math.floor(startedAt).toString(36)}`;
  const prepared = await prepareStep(world, plan, name);
  // A daemon removes a job's directory after it has told the server of the job's end.
  await settle(world);
  world.states.forget();

  const writing = startWriting(world.api, (await readWritten(world.api)) + 1);
  const step = await beginStep(world, plan, name, prepared);
  await waitForMoment(world, plan, step);
  if (plan.step === "cancel") {
    notes.push(`cancel: ${(await world.api.ask("PATCH", `${step.jobPath}/cancel`, {})).status}`);
    await sleep(plan.moment.rest * CANCELED_MS);
  }
  const running = world.terraforms();
  const hit = { terraform: running.length > 0, apply: running.some(isApplying) };
  const told = new Told({ world, plan, step, chance, notes });
  await strikes(told);
  const struckAt = performance.now();
  await world.startAll();
  const ended = await world.api.jobEnd(step.jobPath, boundMs(world, plan));
  const endedAfterMs = ended === undefined ? undefined : performance.now() - struckAt;
  if (told.nextId !== undefined) await world.api.jobEnd(`/workspacebuilds/${told.nextId}`, NEXT_BUILD_MS);

  const leftOver = await settle(world);
  const observation = await observe(world, {
    plan,
    step,
    prepared,
    nextId: told.nextId,
    endedAfterMs,
    boundMs: boundMs(world, plan),
    status: ended?.job.status,
    error: ended?.job.error ?? "",
    isHarmless: told.isHarmless,
    isStarved: isStarved(),
    mayLose: told.mayLose,
    seen: told.seen ?? world.states.seen(),
    writes: await writing.stop(),
    leftOver,
    stillRunning: told.stillRunning,
  });
  const violations = checkObservation(observation);
  // While a job has not ended, its workspace takes no build.
  if (ended !== undefined) {
    const afterward = await goOn(world, plan, step, observation, isStarved).catch((error: Error) => error);
    violations.push(
      ...(afterward instanceof Error ? [{ rule: "next-build", says: afterward.message } as const] : checkAfterward(afterward)),
    );
  }
  // Of a run that found something, what happened stays to be read.
  if (step.workspaceId !== undefined && violations.length === 0) forgetWorkspace(world.made, step.workspaceId);
  return {
    plan,
    violations,
    notes,
    hit,
    status: observation.status,
    error: observation.error,
    endedAfterMs,
    wallMs: performance.now() - startedAt,
    lagMs: lag.largestMs(),
    compared: {
      events: observation.events.length - step.eventsBefore,
      exists: observation.world.size,
      written: describeState(observation.seen.at(-1)?.state),
      kept: describeState(observation.kept),
    },
  };
}

/** What a fault tells of itself. */
class Told implements Strike {
  readonly world: World;
  readonly plan: Plan;
  readonly step: Step;
  readonly chance: Strike["chance"];
  readonly stillRunning: string[] = [];
  readonly #notes: string[];
  mayLose: Observation["mayLose"];
  isHarmless = false;
  /** The build that was asked for before everything ran again, and what Terraform had written until then. */
  nextId: string | undefined;
  seen: readonly SeenState[] | undefined;

  constructor({ world, plan, step, chance, notes }: Pick<Strike, "world" | "plan" | "step" | "chance"> & { readonly notes: string[] }) {
    this.world = world;
    this.plan = plan;
    this.step = step;
    this.chance = chance;
    this.#notes = notes;
    // One that does not end when it is told to is killed.
    this.mayLose = plan.variant === "deaf" ? "killed" : undefined;
  }

  note = (text: string): void => {
    this.#notes.push(text);
  };

  mayLoseWhatIsInHand = (why: "killed" | "full disk"): void => {
    this.mayLose = why;
  };

  expectSuccess = (): void => {
    this.isHarmless = true;
  };

  didNotEnd = (what: string): void => {
    this.stillRunning.push(what);
  };

  hurryOn = async (): Promise<void> => {
    const { world, plan, step, chance } = this;
    if (step.workspaceId === undefined || plan.step === "delete" || this.nextId !== undefined) return;
    if ((await world.api.jobEnd(step.jobPath, boundMs(world, plan))) === undefined) return;
    const seen = world.states.seen();
    const answer = await world.api.insist("POST", `/workspaces/${step.workspaceId}/builds`, { transition: "start" });
    this.note(`next build at once: ${answer.status}`);
    if (answer.status !== 201) return;
    this.nextId = answer.body.id;
    this.seen = seen;
    await sleep(chance.between(0, 1_500));
  };
}

function describeState(state: TerraformState | undefined): string {
  return state === undefined ? "none" : `serial ${state.serial} with ${state.ids.size} resources`;
}
