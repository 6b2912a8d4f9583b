import type { Observation } from "./invariants.ts";
import { readEvents, readWorld } from "./made.ts";
import type { Plan } from "./plan.ts";
import { type Prepared, readKeptState, readLateState, type Step, tokenWorks } from "./steps.ts";
import { TERRAFORM_AT_ONCE, VARIANTS } from "./template.ts";
import type { World } from "./world.ts";
import { readWritten } from "./writes.ts";

/** What the run knows and the world does not show. */
export type Known = Omit<
  Observation,
  "atOnce" | "events" | "forgiven" | "integrity" | "kept" | "keptBeside" | "liveTokens" | "missing" | "next" | "world" | "written"
> & {
  readonly plan: Plan;
  readonly step: Step;
  readonly prepared: Prepared | undefined;
  /** Of the build that was asked for before everything ran again. */
  readonly nextId: string | undefined;
};

/** Looks at everything that the invariants are about. */
export async function observe(world: World, known: Known): Promise<Observation> {
  const { plan, step, prepared, nextId, status } = known;
  const { workspaceId, buildId } = step;
  const kept = buildId === undefined ? undefined : await readKeptState(world, buildId);
  const mustBeDead = [
    { what: "the token of the build before", token: step.formerToken },
    { what: "the token of the build that did not succeed", token: status === "succeeded" ? undefined : kept?.agentTokens[0] },
  ];
  const liveTokens: string[] = [];
  for (const { what, token } of mustBeDead) if (token !== undefined && (await tokenWorks(world, token))) liveTokens.push(what);
  return {
    ...known,
    kept,
    keptBeside: buildId === undefined ? undefined : await readLateState(world, buildId),
    next: nextId === undefined ? undefined : { kept: await readKeptState(world, nextId), log: await readLog(world, nextId) },
    events: workspaceId === undefined ? [] : readEvents(world.made, workspaceId),
    atOnce: VARIANTS[plan.variant].inOrder ? 1 : TERRAFORM_AT_ONCE,
    world: workspaceId === undefined ? new Set() : readWorld(world.made, workspaceId),
    forgiven: prepared?.state?.tainted ?? new Set(),
    missing: await missingOf(world, step),
    written: await readWritten(world.api),
    liveTokens,
    integrity: world.integrity(),
  };
}

async function missingOf(world: World, { acknowledged }: Step): Promise<string[]> {
  const answers = await Promise.all(acknowledged.map(async (path) => ({ path, answer: await world.api.insist("GET", path) })));
  // 410 is the answer for a workspace that was deleted.
  return answers.flatMap(({ path, answer }) => (answer.status === 200 || answer.status === 410 ? [] : [`${path} (${answer.status})`]));
}

async function readLog(world: World, buildId: string): Promise<string> {
  const lines: { readonly output: string }[] = await world.api.get(`/workspacebuilds/${buildId}/logs`);
  return lines.map(({ output }) => output).join("\n");
}
