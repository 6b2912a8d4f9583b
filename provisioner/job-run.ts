import type { MessageInitShape } from "@bufbuild/protobuf";
import type { VariableValue } from "#proto/gen/provisioner_pb.js";
import type { CommitQuotaResponse, CompletedJobSchema } from "#proto/gen/provisionerd_pb.js";
import type { JobReporter } from "./job-reporter.ts";
import type { HostedProvider, ProviderContext, ProviderHost } from "./provider-host.ts";
import type { Environment } from "./terraform/command.ts";
import type { DependencyGraph } from "./terraform/dependency-graph.ts";
import type { Executor, PlanOutcome } from "./terraform/executor.ts";
import { LEVELS, type Level } from "./terraform/log-line.ts";
import type { WorkDirectory } from "./terraform/work-directory.ts";

export type CompletedType = NonNullable<MessageInitShape<typeof CompletedJobSchema>["type"]>;

/** What a kind of job works with: its own directory, Terraform in it, and the server behind it. */
export interface JobRun {
  readonly work: WorkDirectory;
  readonly executor: Executor;
  readonly host: ProviderHost;
  readonly reporter: Pick<JobReporter, "line" | "stage" | "state" | "update">;
  readonly commitQuota: (dailyCost: number) => Promise<CommitQuotaResponse>;
  /** Stage under which Terraform's lines go from now on. */
  stage: string;
  /** Lines below are dropped. */
  minimumLevel: Level;
  /** The state that a failure takes along. Empty until Terraform has begun to change things: the server keeps what it has. */
  reachedState: Uint8Array;
}

/** The run cannot go on, for a reason that is the template's or the user's. */
export class JobError extends Error {
  override readonly name = "JobError";
}

/** Starts a stage: a marker in the log, and the stage of the lines that follow. */
export function beginStage(run: JobRun, stage: string): void {
  run.stage = stage;
  run.reporter.stage(stage);
}

export function logWarnings(run: JobRun, warnings: readonly string[]): void {
  for (const warning of warnings) run.reporter.line("daemon", "warn", run.stage, warning);
}

export function openProvider(run: JobRun, context: ProviderContext): Promise<HostedProvider> {
  return run.host.open(context, run.work.root);
}

/**
 * Plans, and draws the graph meanwhile: it depends on the configuration alone, and each start of Terraform costs a build its time.
 * Both have ended when this returns or throws.
 */
export async function planAndGraph(
  run: JobRun,
  provider: HostedProvider,
  options: { readonly destroy: boolean; readonly variables: readonly VariableValue[]; readonly env?: Environment },
): Promise<{ plan: PlanOutcome; graph: DependencyGraph }> {
  const env = { ...provider.env, ...options.env };
  const [plan, graph] = await Promise.allSettled([run.executor.plan({ ...options, env }), run.executor.graph(provider.env)]);
  if (plan.status === "rejected") throw plan.reason;
  if (graph.status === "rejected") throw graph.reason;
  return { plan: plan.value, graph: graph.value };
}

/** A log level as jobs name it, in any case; an unknown one drops nothing. */
export function parseLevel(name: string): Level {
  return LEVELS.find((level) => level === name.toLowerCase()) ?? "trace";
}
