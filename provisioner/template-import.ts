import { clone, create } from "@bufbuild/protobuf";
import { MetadataSchema, WorkspaceTransition } from "#proto/gen/provisioner_pb.js";
import type { AcquiredJob_TemplateImport } from "#proto/gen/provisionerd_pb.js";
import { beginStage, type CompletedType, initialize, type JobRun, logWarnings, openProvider, planAndGraph } from "./job-run.ts";
import { bootstrapScripts } from "./terraform/bootstrap-scripts.ts";
import { coderVariables } from "./terraform/coder-variables.ts";
import type { JsonObject } from "./terraform/json.ts";
import { readModules } from "./terraform/modules.ts";
import { convertExternalAuth, convertParameters, convertPresets } from "./terraform/parameters.ts";
import { parseTemplate } from "./terraform/parse-template.ts";
import { convertPlan } from "./terraform/resources.ts";
import { readShownPlan } from "./terraform/state.ts";
import { evaluatedVariables } from "./terraform/template-variables.ts";

/**
 * Finds out what a template consists of: its variables, parameters and presets, and the resources of a running and of a stopped
 * workspace.
 */
export async function importTemplate(job: AcquiredJob_TemplateImport, archive: Uint8Array, run: JobRun): Promise<CompletedType> {
  await using starting = await openProvider(run, { env: await providerVariables(job, WorkspaceTransition.START) });
  beginStage(run, "Initializing Terraform Directory");
  const prepared = await initialize(run, starting, archive, { backend: "ignored" });
  const startModules = await readModules(run.work.template);

  beginStage(run, "Parsing template parameters");
  run.stage = "Parse parameters";
  const parsed = await parseTemplate(run.work.template);
  const answer = await run.reporter.update({
    templateVariables: [...parsed.variables],
    userVariableValues: job.userVariableValues,
    readme: parsed.readme,
    workspaceTags: { ...parsed.workspaceTags },
  });
  const sensitive = new Set(parsed.variables.filter((variable) => variable.sensitive).map(({ name }) => name));
  run.reporter.hide(job.userVariableValues.filter(({ name }) => sensitive.has(name)).map(({ value }) => value));
  const variables = parsed.variables.length === 0 ? [] : answer.variableValues;

  beginStage(run, "Detecting persistent resources");
  const { graph } = await planAndGraph(run, starting, { destroy: false, variables, archive, prepared });
  const { plan, source } = await run.executor.showPlanSource(starting.env);
  // A default may be any constant expression, which only Terraform evaluates exactly.
  if (parsed.variables.length > 0)
    await run.reporter.update({
      templateVariables: evaluatedVariables(parsed.variables, source),
      userVariableValues: job.userVariableValues,
    });
  const start = convertPlan(plan, graph, run.host.tokens);
  const planned = readShownPlan(plan);
  const richParameters = convertParameters(planned);
  const presets = convertPresets(
    planned,
    richParameters.map(({ name }) => name),
  );
  const externalAuthProviders = convertExternalAuth(planned);
  logWarnings(run, [...start.warnings, ...presets.warnings]);

  beginStage(run, "Detecting ephemeral resources");
  const stopped = await planStopped(job, run, variables);
  const stopResources = convertPlan(stopped, graph, run.host.tokens).resources;

  return {
    case: "templateImport",
    value: {
      startResources: [...start.resources],
      stopResources: [...stopResources],
      richParameters,
      externalAuthProvidersNames: externalAuthProviders.map(({ id }) => id),
      externalAuthProviders,
      startModules,
      presets: presets.presets,
      hasExternalAgents: start.hasExternalAgents,
    },
  };
}

/** Plans a stopped workspace. The graph of the running one is valid here too, because it does not contain counts. */
async function planStopped(
  job: AcquiredJob_TemplateImport,
  run: JobRun,
  variables: AcquiredJob_TemplateImport["userVariableValues"],
): Promise<JsonObject> {
  await using stopping = await openProvider(run, { env: await providerVariables(job, WorkspaceTransition.STOP) });
  await run.executor.plan({ destroy: false, variables, env: stopping.env });
  return await run.executor.showPlan(stopping.env);
}

async function providerVariables(
  job: AcquiredJob_TemplateImport,
  workspaceTransition: WorkspaceTransition,
): Promise<Record<string, string>> {
  const metadata = job.metadata === undefined ? create(MetadataSchema) : clone(MetadataSchema, job.metadata);
  metadata.workspaceTransition = workspaceTransition;
  return { ...(await bootstrapScripts()), ...coderVariables({ metadata }) };
}
