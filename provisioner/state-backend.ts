/**
 * Where a job's Terraform keeps the state: with the server, which is a file in the job's directory, or in a backend that the template
 * configures. See docs/templates.md.
 */
import { scrubState } from "#tfstate/scrub-state.ts";
import { JobError, type JobRun } from "./job-run.ts";
import { backendName, findBackendBlock, placeOf } from "./terraform/backend-block.ts";
import { backendIdentity } from "./terraform/backend-identity.ts";
import type { Environment } from "./terraform/command.ts";
import { type ConfiguredBackend, readConfiguredBackend } from "./terraform/configured-backend.ts";
import { TerraformStepError } from "./terraform/executor.ts";
import { type StateSummary, summarizeState } from "./terraform/state-summary.ts";

/** A template's backend. */
export interface RemoteBackend {
  /** As messages name it. */
  readonly name: string;
  /** File and line of its block. */
  readonly declaredAt: string;
  readonly configured: ConfiguredBackend;
  /** The state that the server has heard of. */
  readonly there: StateSummary;
}

/** What the server keeps of a workspace's state when a build starts. */
export interface KeptState {
  /** Empty if there is none. */
  readonly state: Uint8Array;
  /** Whether an earlier build has begun to apply. */
  readonly hasApplied: boolean;
}

const LOCK_ERROR = "Error acquiring the state lock";

/**
 * Brings the state to where Terraform looks for it, after `terraform init` and before the plan. A remote backend is announced to the
 * server, which refuses it if another workspace has it.
 *
 * @returns the remote backend, if the template has one
 * @throws StatusError if the server refuses; JobError or TerraformStepError if the two states do not belong together
 */
export async function settleState(run: JobRun, kept: KeptState, env: Environment): Promise<RemoteBackend | undefined> {
  const configured = await readConfiguredBackend(run.work.template);
  if (configured === undefined) {
    await placeKeptState(run, kept);
    return undefined;
  }
  const block = await findBackendBlock(run.work.template);
  const backend: RemoteBackend = {
    name: backendName(configured.type),
    declaredAt: block === undefined ? "the template" : placeOf(block),
    configured,
    there: summarizeState(await run.executor.pullState(env)),
  };
  await announce(run, backend);
  if (kept.state.length > 0) await explainingLocks(run, backend, () => handOver(run, kept.state, backend, env));
  return backend;
}

/** Tells the server of the state that the first apply has left in the backend, so that it would be missed there later. */
export async function reportFirstState(run: JobRun, backend: RemoteBackend | undefined, env: Environment): Promise<void> {
  if (backend === undefined || backend.there.lineage !== "") return;
  await announce(run, { ...backend, there: summarizeState(await run.executor.pullState(env)) });
}

/** Says what becomes of a state that Terraform could not write to the backend, after its own advice for a folder that ends with the job. */
export function explainKeptState(run: JobRun, backend: RemoteBackend | undefined): void {
  if (backend === undefined || run.reachedState.length === 0) return;
  const kept = `The server keeps the state that Terraform could not write to ${backend.name} (${backend.declaredAt}): the next build of this workspace moves it there.`;
  run.reporter.line("daemon", "warn", run.stage, kept);
}

async function placeKeptState(run: JobRun, { state, hasApplied }: KeptState): Promise<void> {
  if (state.length > 0) await run.executor.placeState(state);
  else if (hasApplied) {
    // The server knows whether the earlier builds kept their state in a backend.
    await run.reporter.update({ stateBackend: { type: "local" } });
    run.reporter.line(
      "daemon",
      "warn",
      run.stage,
      "An earlier build has run terraform apply, but the server has no state of this workspace: if that build created something, Terraform does not know of it.",
    );
  }
}

async function announce(run: JobRun, { configured, declaredAt, there }: RemoteBackend): Promise<void> {
  await run.reporter.update({
    stateBackend: {
      type: configured.type,
      identity: backendIdentity(configured, run.executor.environment),
      declaredAt,
      resources: BigInt(there.resources),
      lineage: there.lineage,
    },
  });
}

/**
 * Hands the server's state to the backend, if it is the newer one: because Terraform could not write its last state there, or because
 * earlier versions of the template had no backend.
 */
async function handOver(run: JobRun, state: Uint8Array, { name, declaredAt, there }: RemoteBackend, env: Environment): Promise<void> {
  const ours = summarizeState(state);
  const isRelated = ours.lineage === there.lineage;
  if (isRelated && ours.serial <= there.serial) return;
  if (!isRelated && there.resources > 0)
    throw new JobError(
      `${declaredAt}: ${name} holds a state with ${there.resources === 1 ? "one resource" : `${there.resources} resources`}, which has nothing to do with the state of this workspace on the server. Remove the block, or empty that backend.`,
    );
  // An unrelated state without resources is what a destroy leaves behind. Terraform would not replace it.
  await run.executor.pushState(state, env, { force: !isRelated && there.lineage !== "" });
  const moved = `The state of this workspace on the server is newer than what ${name} holds (${declaredAt}): it is moved there.`;
  run.reporter.line("daemon", "warn", run.stage, moved);
  // Terraform may have given it another lineage. If this build ends early, the next one compares this copy.
  run.reachedState = await scrubState(await run.executor.pullState(env));
  run.reporter.state(run.reachedState);
}

/** Says where a lock comes from that Terraform found in the backend, and how to remove it. Other failures pass through unchanged. */
export async function explainingLocks<T>(run: JobRun, backend: RemoteBackend | undefined, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (backend === undefined || !(error instanceof TerraformStepError) || !error.message.includes(LOCK_ERROR)) throw error;
    const hint = `An earlier Terraform that was killed may have left its lock in ${backend.name} (${backend.declaredAt}). If none is running on this state any more, remove the lock with "terraform force-unlock" in a folder with this block, then build again.`;
    run.reporter.line("daemon", "error", run.stage, hint);
    throw new TerraformStepError(`${error.message}\n\n${hint}`, { cause: error });
  }
}
