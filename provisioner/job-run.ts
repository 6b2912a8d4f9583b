import type { MessageInitShape } from "@bufbuild/protobuf";
import type { VariableValue } from "#proto/gen/provisioner_pb.js";
import type { CommitQuotaResponse, CompletedJobSchema } from "#proto/gen/provisionerd_pb.js";
import type { JobReporter } from "./job-reporter.ts";
import type { HostedProvider, ProviderContext, ProviderHost } from "./provider-host.ts";
import type { Environment } from "./terraform/command.ts";
import { DependencyGraph } from "./terraform/dependency-graph.ts";
import type { Executor, PlanOutcome } from "./terraform/executor.ts";
import { LEVELS, type Level } from "./terraform/log-line.ts";
import type { PreparedTemplate, PreparedTemplates } from "./terraform/prepared-templates.ts";
import { initLeftNothing, type WorkDirectory } from "./terraform/work-directory.ts";

export type CompletedType = NonNullable<MessageInitShape<typeof CompletedJobSchema>["type"]>;

/** What a kind of job works with: its own directory, Terraform in it, and the server behind it. */
export interface JobRun {
  readonly work: WorkDirectory;
  readonly executor: Executor;
  readonly host: ProviderHost;
  readonly templates: PreparedTemplates;
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

/** Unpacks the template and initializes it, unless an earlier run found nothing to install for this archive. */
export async function initialize(run: JobRun, provider: HostedProvider, archive: Uint8Array): Promise<PreparedTemplate | undefined> {
  const prepared = await run.templates.find(archive, run.executor.terraformVersion);
  await run.executor.unpack(archive);
  if (prepared === undefined) await run.executor.init(provider.initEnv);
  else run.reporter.line("daemon", "debug", run.stage, "This template has nothing to install; terraform init is left out.");
  return prepared;
}

/**
 * Plans, and draws the graph meanwhile, unless an earlier run of this archive has: it depends on the configuration alone, and each start of
 * Terraform costs a build its time. Both have ended when this returns or throws.
 */
export async function planAndGraph(
  run: JobRun,
  provider: HostedProvider,
  options: {
    readonly destroy: boolean;
    readonly variables: readonly VariableValue[];
    readonly archive: Uint8Array;
    readonly prepared: PreparedTemplate | undefined;
    readonly env?: Environment;
  },
): Promise<{ plan: PlanOutcome; graph: DependencyGraph }> {
  const { archive, prepared } = options;
  const env = { ...provider.env, ...options.env };
  const [plan, drawn] = await Promise.allSettled([
    run.executor.plan({ destroy: options.destroy, variables: options.variables, env }),
    prepared?.graph ?? run.executor.graph(provider.env),
  ]);
  if (plan.status === "rejected") throw plan.reason;
  if (drawn.status === "rejected") throw drawn.reason;
  const graph = DependencyGraph.parse(drawn.value);
  if (prepared === undefined && (await initLeftNothing(run.work)))
    await run.templates.remember(archive, run.executor.terraformVersion, { graph: drawn.value }).catch((error: unknown) => {
      // It would only have saved the next run some time.
      run.reporter.line("daemon", "debug", run.stage, `This template could not be remembered: ${String(error)}`);
    });
  return { plan: plan.value, graph };
}

/** A log level as jobs name it, in any case; an unknown one drops nothing. */
export function parseLevel(name: string): Level {
  return LEVELS.find((level) => level === name.toLowerCase()) ?? "trace";
}
