import type { MessageInitShape } from "@bufbuild/protobuf";
import type { VariableValue } from "#proto/gen/provisioner_pb.js";
import type { CommitQuotaResponse, CompletedJobSchema } from "#proto/gen/provisionerd_pb.js";
import type { JobReporter } from "./job-reporter.ts";
import type { HostedProvider, ProviderContext, ProviderHost } from "./provider-host.ts";
import { backendName, findBackendBlock, isForgetful, keepsStateHere, overrideBackend, placeOf } from "./terraform/backend-block.ts";
import type { Environment } from "./terraform/command.ts";
import { DependencyGraph } from "./terraform/dependency-graph.ts";
import type { Executor, PlanOutcome } from "./terraform/executor.ts";
import { LEVELS, type Level } from "./terraform/log-line.ts";
import type { PreparedTemplate, PreparedTemplates } from "./terraform/prepared-templates.ts";
import { initLeftNothing, type WorkDirectory } from "./terraform/work-directory.ts";

export type CompletedType = NonNullable<MessageInitShape<typeof CompletedJobSchema>["type"]>;

/** What each kind of job works with: its own directory, Terraform in it, and the server. */
export interface JobRun {
  readonly work: WorkDirectory;
  readonly executor: Executor;
  readonly host: ProviderHost;
  readonly templates: PreparedTemplates;
  readonly reporter: Pick<JobReporter, "hide" | "line" | "stage" | "state" | "update">;
  /** Must have ended before Terraform changes anything: from then on, a later daemon finds the state if this one dies. */
  readonly beginApply: () => Promise<void>;
  readonly commitQuota: (dailyCost: number) => Promise<CommitQuotaResponse>;
  /** The stage of Terraform's lines from now on. */
  stage: string;
  /** Lines below this level are dropped. */
  minimumLevel: Level;
  /** The state to send with a failure, without what must not be stored. Empty until Terraform starts to change things; the server then keeps the state that it has. */
  reachedState: Uint8Array;
}

/** The run cannot continue, for a reason that the template or the user causes. */
export class JobError extends Error {
  override readonly name = "JobError";
}

/** Starts a stage: writes a marker to the log, and sets the stage of the lines that follow. */
export function beginStage(run: JobRun, stage: string): void {
  run.stage = stage;
  run.reporter.stage(stage);
}

export function logWarnings(run: JobRun, warnings: readonly string[]): void {
  for (const warning of warnings) run.reporter.line("daemon", "warn", run.stage, warning);
}

export async function openProvider(run: JobRun, context: ProviderContext): Promise<HostedProvider> {
  const provider = await run.host.open(context, run.work.exchange);
  run.executor.use(provider.folders);
  return provider;
}

/**
 * Unpacks the template and initializes it, unless an earlier run found nothing to install for this archive.
 *
 * @param options.backend `ignored` for a job that belongs to no workspace: it must neither lock nor write a workspace's state, nor take its
 * resources for what the template makes
 */
export async function initialize(
  run: JobRun,
  provider: HostedProvider,
  archive: Uint8Array,
  { backend }: { readonly backend: "used" | "ignored" },
): Promise<PreparedTemplate | undefined> {
  const prepared = await run.templates.find(archive, run.executor.terraformVersion);
  await run.executor.unpack(archive);
  if (prepared === undefined) {
    await replaceBackend(run, backend);
    await run.executor.init(provider.initEnv);
  } else run.reporter.line("daemon", "debug", run.stage, "This template has nothing to install; terraform init is skipped.");
  return prepared;
}

/** Replaces a backend that this job does not use, or that would forget the state. A `local` one only gets another path. */
async function replaceBackend(run: JobRun, backend: "used" | "ignored"): Promise<void> {
  const block = await findBackendBlock(run.work.template);
  if (block === undefined || (backend === "used" && !isForgetful(block))) return;
  await overrideBackend(run.work.template);
  if (!keepsStateHere(block))
    logWarnings(run, [
      `${placeOf(block)}: ${backendName(block.type)} keeps one state, so only one workspace can use this template while it has this block. Remove the block: Proviso keeps the state of each workspace itself. This job does not use it.`,
    ]);
}

/**
 * Plans and, at the same time, makes the graph, unless an earlier run of this archive did: the graph depends only on the configuration, and
 * each start of Terraform costs time. Both commands have ended when this returns or throws.
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
      // This is harmless: it would only have saved the next run some time.
      run.reporter.line("daemon", "debug", run.stage, `Could not cache the preparation of this template: ${String(error)}`);
    });
  return { plan: plan.value, graph };
}

/** Parses a job's log level, in upper or lower case; an unknown level drops no lines. */
export function parseLevel(name: string): Level {
  return LEVELS.find((level) => level === name.toLowerCase()) ?? "trace";
}
