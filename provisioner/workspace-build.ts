import { type Metadata, type ResourceReplacement, WorkspaceTransition } from "#proto/gen/provisioner_pb.js";
import type { AcquiredJob_WorkspaceBuild } from "#proto/gen/provisionerd_pb.js";
import { scrubState } from "#tfstate/scrub-state.ts";
import {
  beginStage,
  type CompletedType,
  initialize,
  JobError,
  type JobRun,
  logWarnings,
  openProvider,
  parseLevel,
  planAndGraph,
} from "./job-run.ts";
import { explainingLocks, explainKeptState, reportFirstState, settleState } from "./state-backend.ts";
import { bootstrapScripts } from "./terraform/bootstrap-scripts.ts";
import { coderVariables } from "./terraform/coder-variables.ts";
import type { Environment } from "./terraform/command.ts";
import type { DependencyGraph } from "./terraform/dependency-graph.ts";
import type { PlanOutcome } from "./terraform/executor.ts";
import { type MetadataReferences, readMetadataReferences } from "./terraform/metadata-references.ts";
import { readModules } from "./terraform/modules.ts";
import { dailyCost, replacements } from "./terraform/plan-summary.ts";
import { convertResources } from "./terraform/resources.ts";
import { readShownPlan } from "./terraform/state.ts";

const APPLY_STAGE: ReadonlyMap<WorkspaceTransition, string> = new Map([
  [WorkspaceTransition.START, "Starting workspace"],
  [WorkspaceTransition.STOP, "Stopping workspace"],
  [WorkspaceTransition.DESTROY, "Destroying workspace"],
]);

/** Whether a delete needs no Terraform. An empty state alone is no proof: a template's backend may keep the real one elsewhere. */
export function hasNothingToDestroy(job: AcquiredJob_WorkspaceBuild): boolean {
  const isEmpty = job.state.length === 0 && job.stateSize === 0n;
  return job.metadata?.workspaceTransition === WorkspaceTransition.DESTROY && isEmpty && !job.hasApplied;
}

/** Starts, stops or deletes a workspace. Deleting uses a plan as well. */
export async function buildWorkspace(job: AcquiredJob_WorkspaceBuild, archive: Uint8Array, run: JobRun): Promise<CompletedType> {
  const { metadata } = job;
  if (metadata === undefined) throw new JobError("the build has no metadata");
  const applyStage = APPLY_STAGE.get(metadata.workspaceTransition);
  if (applyStage === undefined) throw new JobError(`the build has an unknown transition: ${metadata.workspaceTransition}`);
  const destroy = metadata.workspaceTransition === WorkspaceTransition.DESTROY;
  run.minimumLevel = parseLevel(job.logLevel);
  const hasSecret = job.agentTokenSecret.length > 0;
  const tokens = hasSecret ? run.host.tokens : "state";
  await using provider = await openProvider(run, {
    env: { ...(await bootstrapScripts()), ...providerVariables(job, metadata) },
    ...(hasSecret && { agentTokenSecret: job.agentTokenSecret }),
  });
  const tracing: Environment = job.logLevel === "" ? {} : { TF_LOG: "JSON" };

  beginStage(run, "Initializing Terraform Directory");
  const prepared = await initialize(run, provider, archive, { backend: "used" });
  const modules = await readModules(run.work.template);

  beginStage(run, "Planning Infrastructure");
  const backend = await settleState(run, job, provider.env);
  const { plan, graph } = await explainingLocks(run, backend, () =>
    planAndGraph(run, provider, { destroy, variables: job.variableValues, archive, prepared, env: tracing }),
  );
  const summary = await summarize(run, plan, graph, provider.env);
  if (!destroy && summary.cost !== 0) await commitQuota(run, summary.cost);

  beginStage(run, applyStage);
  let left: Uint8Array;
  // Once the server knows, an empty state is no longer a proof that there is nothing to destroy.
  await Promise.all([run.beginApply(), run.reporter.update({ applying: true })]);
  try {
    await explainingLocks(run, backend, () => run.executor.apply({ ...provider.env, ...tracing }, (state) => run.reporter.state(state)));
    left = await run.executor.state();
    run.reachedState = await scrubState(left);
  } catch (error) {
    // From here on, Terraform may have changed something, so every failure includes the state.
    run.reachedState = await run.executor.reachedState();
    throw error;
  } finally {
    explainKeptState(run, backend);
  }
  await reportFirstState(run, backend, provider.env);
  beginStage(run, "Graphing Infrastructure");
  const converted = convertResources(await run.executor.stateInstances(left, provider.env), graph, tokens, summary.references);
  // In a stopped workspace, the resources of its agents are gone, which is not a mistake in the template.
  if (metadata.workspaceTransition === WorkspaceTransition.START) logWarnings(run, converted.warnings);
  return {
    case: "workspaceBuild",
    value: {
      state: run.reachedState,
      resources: [...converted.resources],
      timings: [...run.executor.timings],
      modules,
      resourceReplacements: [...summary.replacements],
    },
  };
}

function providerVariables(job: AcquiredJob_WorkspaceBuild, metadata: Metadata): Record<string, string> {
  return coderVariables({
    metadata,
    parameters: job.richParameterValues,
    previousParameters: job.previousParameterValues,
    externalAuth: job.externalAuthProviders,
  });
}

/** Reads the plan only if it can contain something to report: the graph names every `coder_metadata`, and the log every replacement. */
async function summarize(
  run: JobRun,
  plan: PlanOutcome,
  graph: DependencyGraph,
  env: Environment,
): Promise<{ cost: number; replacements: readonly Omit<ResourceReplacement, "$typeName">[]; references?: MetadataReferences }> {
  const mayCost = [...graph.labels].some((label) => /(^|\.)coder_metadata\./.test(label));
  if (!mayCost && !plan.replaces) return { cost: 0, replacements: [] };
  const shown = await run.executor.showPlan(env);
  return {
    cost: dailyCost(readShownPlan(shown)),
    references: readMetadataReferences(shown),
    replacements: replacements(shown).map(({ resource, paths }) => ({ resource, paths: [...paths] })),
  };
}

async function commitQuota(run: JobRun, cost: number): Promise<void> {
  beginStage(run, "Commit quota");
  const { ok, creditsConsumed, budget } = await run.commitQuota(cost);
  if (budget >= 0) {
    const text = `This build costs ${cost} credits per day; ${creditsConsumed} of ${budget} are in use.`;
    run.reporter.line("daemon", ok ? "info" : "error", run.stage, text);
  }
  if (!ok) throw new JobError("insufficient quota");
}
