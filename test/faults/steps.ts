/** What a run asks the server for, while something happens to it. */
import { readEvents } from "./made.ts";
import type { Plan } from "./plan.ts";
import { TERRAFORM_AT_ONCE, VARIANTS } from "./template.ts";
import { readState, type TerraformState } from "./terraform-state.ts";
import type { World } from "./world.ts";

/** A step that was asked for. */
export interface Step {
  /** Of the object that its job is for, in the API. */
  readonly jobPath: string;
  readonly workspaceId: string | undefined;
  readonly buildId: string | undefined;
  /** How many events the workspace's provisioners had written before. */
  readonly eventsBefore: number;
  /** Of an agent whose build this step ends. */
  readonly formerToken: string | undefined;
  /** Paths of what the server said it has made. */
  readonly acknowledged: readonly string[];
}

/** A workspace that exists before the step, if the step needs one. */
export interface Prepared {
  readonly workspaceId: string;
  readonly state: TerraformState | undefined;
}

const JOB_MS = 60_000;
const TRIES = 3;

/** @throws Error if the workspace cannot be made, which is no violation: nothing has happened yet */
export async function prepareStep(world: World, plan: Plan, name: string): Promise<Prepared | undefined> {
  if (plan.step !== "start" && plan.step !== "stop" && plan.step !== "delete") return undefined;
  const workspace = await createWorkspace(world, plan, name);
  let buildId: string = workspace.latest_build.id;
  for (let tries = 1; ; tries++) {
    const build = await world.api.jobEnd(`/workspacebuilds/${buildId}`, JOB_MS);
    if (build?.job.status === "succeeded") return { workspaceId: workspace.id, state: await readKeptState(world, build.id) };
    // On a machine that has too much to do, a short lease can end for want of a processor.
    if (tries >= TRIES) throw new Error(`the first build ended as ${build?.job.status}: ${build?.job.error}`);
    buildId = (await world.api.startBuild(workspace.id, "start", 0)).id;
  }
}

export async function beginStep(world: World, plan: Plan, name: string, prepared: Prepared | undefined): Promise<Step> {
  if (plan.step === "import") {
    const version = await world.api.createVersion(world.templates[plan.variant].fileId);
    const jobPath = `/templateversions/${version.id}`;
    return { jobPath, workspaceId: undefined, buildId: undefined, eventsBefore: 0, formerToken: undefined, acknowledged: [jobPath] };
  }
  const eventsBefore = prepared === undefined ? 0 : readEvents(world.made, prepared.workspaceId).length;
  const [workspaceId, buildId]: [string, string] =
    prepared === undefined
      ? await createWorkspace(world, plan, name).then(({ id, latest_build }) => [id, latest_build.id])
      : [prepared.workspaceId, (await world.api.startBuild(prepared.workspaceId, transitionOf(plan), 1)).id];
  const jobPath = `/workspacebuilds/${buildId}`;
  const acknowledged = [jobPath, `/workspaces/${workspaceId}`];
  return { jobPath, workspaceId, buildId, eventsBefore, formerToken: prepared?.state?.agentTokens[0], acknowledged };
}

/** The state that the server has of a build. */
export async function readKeptState(world: World, buildId: string): Promise<TerraformState | undefined> {
  return readState(await world.api.get(`/workspacebuilds/${buildId}/state`));
}

/** The state that came too late to become the build's own, and that the server keeps beside it. */
export async function readLateState(world: World, buildId: string): Promise<TerraformState | undefined> {
  return readState(await world.api.get(`/workspacebuilds/${buildId}/state?late=true`));
}

/** Whether a token of an agent opens anything. */
export async function tokenWorks(world: World, token: string): Promise<boolean> {
  return (await world.api.ask("GET", "/workspaceagents/me/gitsshkey", undefined, { token })).status === 200;
}

/** How many events the templates' provisioners write during the step. */
export function eventsOf({ step, variant }: Plan): number {
  const { resources } = VARIANTS[variant];
  if (step === "import") return 0;
  return step === "start" ? 4 * resources : 2 * resources;
}

/** From the request to the end, on a machine that has nothing else to do. */
export function usualMs({ step, variant }: Plan): number {
  const { resources, inOrder, napMs } = VARIANTS[variant];
  const create = napMs * (inOrder ? resources : Math.ceil(resources / TERRAFORM_AT_ONCE));
  const [planned, destroy] = [500, create / 2];
  if (step === "import") return 2 * planned;
  if (step === "create" || step === "cancel") return planned + create;
  return step === "start" ? planned + destroy + create : planned + destroy;
}

function transitionOf({ step }: Plan): "start" | "stop" | "delete" {
  return step === "stop" || step === "delete" ? step : "start";
}

async function createWorkspace(world: World, { variant }: Plan, name: string) {
  return world.api.post("/users/me/workspaces", { name, template_id: world.templates[variant].templateId });
}
