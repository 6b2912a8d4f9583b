/** One run: a step, a fault in the middle of it, and what is there afterward. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { chanceOf } from "./chance.ts";
import { readyFault } from "./faults.ts";
import { type Afterward, checkAfterward, checkObservation, lateIds, type Observation, unknownIds, type Violation } from "./invariants.ts";
import { forgetWorkspace, readEvents, readWorld } from "./made.ts";
import { waitForMoment } from "./moments.ts";
import type { Plan } from "./plan.ts";
import { isApplying } from "./process-table.ts";
import { beginStep, prepareStep, readKeptState, readLateState, type Step, usualMs } from "./steps.ts";
import type { Strike } from "./strike.ts";
import { VARIANTS } from "./template.ts";
import type { TerraformState } from "./terraform-state.ts";
import { FORCE_CANCEL_MS, type World } from "./world.ts";
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
  /** What the checks had to compare, for whoever doubts that there was something. */
  readonly compared: { readonly events: number; readonly exists: number; readonly written: string; readonly kept: string };
}

/** For a machine on which many worlds share few processors. */
const SLACK_MS = 15_000;
const BUILD_MS = 60_000;
/** How long a canceled run takes to end. */
const CANCELED_MS = 200;

/** @throws Error if the world cannot be used, before or after the fault; what was found until then is lost */
export async function run(world: World, plan: Plan): Promise<RunResult> {
  const startedAt = performance.now();
  const name = `w${plan.seed}-${Math.floor(startedAt).toString(36)}`;
  const notes: string[] = [];
  const chance = chanceOf(plan.seed, "strike");
  const strikes = await readyFault(plan.fault, world, chance);
  const prepared = await prepareStep(world, plan, name);
  // A daemon removes a job's directory after it has told the server of the job's end.
  await settle(world);
  world.states.forget();

  const writing = startWriting(world.api, (await readWritten(world.api)) + 1);
  const step = await beginStep(world, plan, name, prepared);
  if (plan.step === "cancel") {
    await waitForMoment(world, plan, step);
    const canceled = await world.api.ask("PATCH", `${step.jobPath}/cancel`, {});
    notes.push(`cancel: ${canceled.status}`);
    await sleep(plan.moment.rest * CANCELED_MS);
  } else await waitForMoment(world, plan, step);

  const running = world.terraforms();
  const hit = { terraform: running.length > 0, apply: running.some(isApplying) };
  const found = {
    // One that does not end when it is told to is killed.
    mayLose: (plan.variant === "deaf" ? "killed" : undefined) as Observation["mayLose"],
    isHarmless: false,
    stillRunning: [] as string[],
    next: undefined as string | undefined,
  };
  const first = { seen: [] as ReturnType<World["states"]["seen"]> };
  const strike: Strike = {
    world,
    plan,
    step,
    chance,
    note: (text) => notes.push(text),
    mayLoseWhatIsInHand: (why) => {
      found.mayLose = why;
    },
    expectSuccess: () => {
      found.isHarmless = true;
    },
    didNotEnd: (what) => found.stillRunning.push(what),
    hurryOn: async () => {
      if (step.workspaceId === undefined || plan.step === "delete" || found.next !== undefined) return;
      if ((await world.api.jobEnd(step.jobPath, boundMs(world, plan))) === undefined) return;
      first.seen = world.states.seen();
      const answer = await world.api.insist("POST", `/workspaces/${step.workspaceId}/builds`, { transition: "start" });
      notes.push(`next build at once: ${answer.status}`);
      if (answer.status === 201) found.next = answer.body.id;
      await sleep(chance.between(0, 1_500));
    },
  };
  await strikes(strike);
  const struckAt = performance.now();
  await world.startAll();
  const ended = await world.api.jobEnd(step.jobPath, boundMs(world, plan));
  const endedAfterMs = ended === undefined ? undefined : performance.now() - struckAt;
  if (found.next !== undefined) await world.api.jobEnd(`/workspacebuilds/${found.next}`, BUILD_MS);
  const leftOver = await settle(world);
  const writes = await writing.stop();

  const { workspaceId, buildId } = step;
  const kept = buildId === undefined ? undefined : await readKeptState(world, buildId);
  const status: string | undefined = ended?.job.status;
  const observation: Observation = {
    endedAfterMs,
    boundMs: boundMs(world, plan),
    status,
    isHarmless: found.isHarmless,
    mayLose: found.mayLose,
    seen: found.next === undefined ? world.states.seen() : first.seen,
    kept,
    keptBeside: buildId === undefined ? undefined : await readLateState(world, buildId),
    next: found.next === undefined ? undefined : { kept: await readKeptState(world, found.next), log: await readLog(world, found.next) },
    events: workspaceId === undefined ? [] : readEvents(world.made, workspaceId),
    atOnce: VARIANTS[plan.variant].inOrder ? 1 : 10,
    world: workspaceId === undefined ? new Set() : readWorld(world.made, workspaceId),
    forgiven: prepared?.state?.tainted ?? new Set(),
    missing: await missingOf(world, step),
    writes,
    written: await readWritten(world.api),
    liveTokens: await liveTokens(world, [
      ["the token of the build before", step.formerToken],
      ["the token of the build that did not succeed", status === "succeeded" ? undefined : kept?.agentTokens[0]],
    ]),
    integrity: world.integrity(),
    leftOver,
    stillRunning: found.stillRunning,
  };
  const violations = checkObservation(observation);
  violations.push(...checkAfterward(await goOn(world, plan, step, observation)));
  // Of a run that found something, what happened stays to be read.
  if (workspaceId !== undefined && violations.length === 0) forgetWorkspace(world.made, workspaceId);
  return {
    plan,
    violations,
    notes,
    hit,
    status,
    error: ended?.job.error ?? "",
    endedAfterMs,
    wallMs: performance.now() - startedAt,
    compared: {
      events: observation.events.length - step.eventsBefore,
      exists: observation.world.size,
      written: describeState(observation.seen.at(-1)?.state),
      kept: describeState(kept),
    },
  };
}

/**
 * Once everything runs again, a job ends with its Terraform, or, if its daemon is dead, with its lease, which begins anew when the server
 * starts.
 */
function boundMs(world: World, plan: Plan): number {
  return Math.max(world.leaseMs * 1.2, usualMs(plan) + FORCE_CANCEL_MS) + SLACK_MS;
}

/** Waits until nothing of ended jobs is left. @returns what is left all the same */
async function settle(world: World): Promise<string[]> {
  const deadline = performance.now() + world.leaseMs + FORCE_CANCEL_MS + SLACK_MS;
  const alive = (): Set<number> => new Set([world.server, ...world.daemons.map(({ program }) => program)].map(({ pid }) => pid));
  for (;;) {
    const living = alive();
    const left = [
      ...world.terraforms().map(({ pid, command }) => `Terraform ${pid} (${command})`),
      ...world.guards().flatMap(({ pid, parent }) => (living.has(parent) ? [] : [`guard ${pid} of a dead daemon`])),
      ...world.states.jobDirectories().filter(existsSync),
    ];
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(80);
  }
}

function describeState(state: TerraformState | undefined): string {
  return state === undefined ? "none" : `serial ${state.serial} with ${state.ids.size} resources`;
}

async function missingOf(world: World, { acknowledged }: Step): Promise<string[]> {
  const answers = await Promise.all(acknowledged.map(async (path) => ({ path, answer: await world.api.insist("GET", path) })));
  // 410 is the answer for a workspace that was deleted.
  return answers.flatMap(({ path, answer }) => (answer.status === 200 || answer.status === 410 ? [] : [`${path} (${answer.status})`]));
}

async function liveTokens(world: World, tokens: readonly (readonly [what: string, token: string | undefined])[]): Promise<string[]> {
  const live: string[] = [];
  for (const [what, token] of tokens) if (token !== undefined && (await works(world, token))) live.push(what);
  return live;
}

async function works(world: World, token: string): Promise<boolean> {
  return (await world.api.ask("GET", "/workspaceagents/me/gitsshkey", undefined, { token })).status === 200;
}

/** Builds once or twice more, and deletes the workspace. After an import, imports again. */
async function goOn(world: World, plan: Plan, step: Step, observation: Observation): Promise<Afterward> {
  const builds: { what: string; status: string; error: string }[] = [];
  const unknown: { id: string; after: string }[] = [];
  const wrongTokens: string[] = [];
  const { workspaceId } = step;
  if (workspaceId === undefined) {
    const version = await world.api.createVersion(world.templates[plan.variant].fileId);
    builds.push(await endOf(world, "import", `/templateversions/${version.id}`));
    return { builds, unknown, wrongTokens, events: [] };
  }
  const lost = new Set([...observation.forgiven, ...unknownIds(observation)]);
  // What is only in a state that came late has been told, and the next builds know nothing of it.
  for (const id of lateIds(observation)) lost.add(id);
  for (const id of (observation.next ?? observation).kept?.tainted ?? []) lost.add(id);

  const exists = (await world.api.insist("GET", `/workspaces/${workspaceId}`)).status === 200;
  let token: string | undefined;
  const build = async (transition: "start" | "delete"): Promise<boolean> => {
    const { id } = await world.api.startBuild(workspaceId, transition, 2);
    const result = await endOf(world, transition, `/workspacebuilds/${id}`);
    builds.push(result);
    const state = await readKeptState(world, id);
    if (result.status === "succeeded" || transition === "start")
      for (const each of readWorld(world.made, workspaceId))
        if (!lost.has(each) && state?.ids.has(each) !== true) unknown.push({ id: each, after: transition });
    for (const each of [...unknown.map(({ id }) => id), ...(state?.tainted ?? [])]) lost.add(each);
    if (token !== undefined && (await works(world, token))) wrongTokens.push(`the token of the build before the ${transition} still works`);
    token = state?.agentTokens[0];
    if (token !== undefined && result.status === "succeeded" && !(await works(world, token)))
      wrongTokens.push(`the token of the ${transition} does not work`);
    return result.status === "succeeded";
  };
  if (exists && plan.startsAgain) await build("start");
  if (exists) await build("delete");
  else for (const id of readWorld(world.made, workspaceId)) if (!lost.has(id)) unknown.push({ id, after: "delete" });
  return { builds, unknown, wrongTokens, events: readEvents(world.made, workspaceId).slice(observation.events.length) };
}

async function readLog(world: World, buildId: string): Promise<string> {
  const lines: { readonly output: string }[] = await world.api.get(`/workspacebuilds/${buildId}/logs`);
  return lines.map(({ output }) => output).join("\n");
}

async function endOf(world: World, what: string, path: string) {
  const { job } = (await world.api.jobEnd(path, BUILD_MS)) ?? { job: { status: `unended after ${BUILD_MS} ms` } };
  return { what, status: String(job.status), error: String(job.error ?? "") };
}
