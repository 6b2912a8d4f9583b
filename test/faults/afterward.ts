/** The builds after a run's fault: they must work, and leave nothing. */
import { type Afterward, lateIds, type Observation, unknownIds } from "./invariants.ts";
import { readEvents, readWorld } from "./made.ts";
import type { Plan } from "./plan.ts";
import { readKeptState, type Step, tokenWorks } from "./steps.ts";
import type { World } from "./world.ts";

const BUILD_MS = 60_000;
const TRIES = 3;

/**
 * Builds once or twice more, and deletes the workspace. After an import, imports again.
 *
 * @param isStarved tells of a machine on which a build may lose its lease for want of a processor; such a build is asked for again
 */
export async function goOn(world: World, plan: Plan, step: Step, observation: Observation, isStarved: () => boolean): Promise<Afterward> {
  const { workspaceId } = step;
  const builds: { what: string; status: string; error: string }[] = [];
  /** Asks for a job until it has ended for a reason of its own. @returns the ID of what it was for */
  const finish = async (what: string, kind: string, ask: () => Promise<{ readonly id: string }>): Promise<string> => {
    for (let tries = 1; ; tries++) {
      const { id } = await ask();
      const { job } = (await world.api.jobEnd(`/${kind}/${id}`, BUILD_MS)) ?? { job: { status: `unended after ${BUILD_MS} ms` } };
      const error = String(job.error ?? "");
      if (job.status === "failed" && /lease/.test(error) && isStarved() && tries < TRIES) continue;
      builds.push({ what, status: String(job.status), error });
      return id;
    }
  };
  if (workspaceId === undefined) {
    await finish("import", "templateversions", () => world.api.createVersion(world.templates[plan.variant].fileId));
    return { builds, unknown: [], wrongTokens: [], events: [] };
  }

  const unknown: { id: string; after: string }[] = [];
  const wrongTokens: string[] = [];
  // What is only in a state that came late has been told, and the next builds know nothing of it.
  const lost = new Set([...observation.forgiven, ...unknownIds(observation), ...lateIds(observation)]);
  // The next build, here or in `observation.next`, replaces what is tainted, which Terraform forgets without destroying it.
  for (const { kept } of [observation, observation.next ?? observation]) for (const id of kept?.tainted ?? []) lost.add(id);
  const look = (after: string, known: ReadonlySet<string>): void => {
    for (const id of readWorld(world.made, workspaceId)) if (!lost.has(id) && !known.has(id)) unknown.push({ id, after });
    for (const { id } of unknown) lost.add(id);
  };
  let token: string | undefined;
  const build = async (transition: "start" | "delete"): Promise<void> => {
    const id = await finish(transition, "workspacebuilds", () => world.api.startBuild(workspaceId, transition, 2));
    const state = await readKeptState(world, id);
    look(transition, state?.ids ?? new Set());
    for (const each of state?.tainted ?? []) lost.add(each);
    if (token !== undefined && (await tokenWorks(world, token)))
      wrongTokens.push(`the token of the build before the ${transition} still works`);
    token = state?.agentTokens[0];
    const succeeded = builds.at(-1)?.status === "succeeded";
    if (token !== undefined && succeeded && !(await tokenWorks(world, token)))
      wrongTokens.push(`the token of the ${transition} does not work`);
  };
  if ((await world.api.insist("GET", `/workspaces/${workspaceId}`)).status === 200) {
    if (plan.startsAgain) await build("start");
    await build("delete");
  } else look("delete", new Set());
  return { builds, unknown, wrongTokens, events: readEvents(world.made, workspaceId).slice(observation.events.length) };
}
