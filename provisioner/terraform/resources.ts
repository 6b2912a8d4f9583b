/**
 * Converts a state or plan, together with the graph, to the resources and agents that a server stores.
 * The code is pure: Terraform's output in, messages out.
 */
import { create } from "@bufbuild/protobuf";
import { type Agent, type Devcontainer, type Resource, ResourceSchema } from "#proto/gen/provisioner_pb.js";
import { modulePath } from "./address.ts";
import { attributesOf, readAgent, readApp, readDevcontainer, readEnv, readScript, type TokenSource } from "./agents.ts";
import { ConversionError } from "./attributes.ts";
import type { DependencyGraph } from "./dependency-graph.ts";
import type { JsonObject } from "./json.ts";
import { type MetadataReferences, readMetadataReferences } from "./metadata-references.ts";
import { belongingTo } from "./nearest-instance.ts";
import { placeMetadata } from "./place-metadata.ts";
import { type ResourceInstance, readShownPlan } from "./state.ts";
import { checkAgentName, checkAppSlug } from "./template-name.ts";

export interface ConvertedResources {
  readonly resources: readonly Resource[];
  readonly hasExternalAgents: boolean;
  /** What a template author should know, but is not an error. */
  readonly warnings: readonly string[];
}

interface PlacedAgent {
  readonly instance: ResourceInstance;
  readonly agent: Agent;
}

interface PlacedDevcontainer {
  readonly instance: ResourceInstance;
  readonly devcontainer: Devcontainer;
}

/** Types that are parts of a workspace's resources, not resources themselves. */
const PARTS: ReadonlySet<string> = new Set(["coder_agent", "coder_agent_instance", "coder_app", "coder_metadata", "coder_script"]);

const INSTANCE_TYPE: ReadonlyMap<string, string> = new Map([
  ["google_compute_instance", "machine_type"],
  ["aws_instance", "instance_type"],
  ["aws_spot_instance_request", "instance_type"],
  ["azurerm_linux_virtual_machine", "size"],
  ["azurerm_windows_virtual_machine", "size"],
]);

const INSTANCE_ID: ReadonlyMap<string, string> = new Map([
  ["google_compute_instance", "instance_id"],
  ["aws_instance", "id"],
  ["aws_spot_instance_request", "spot_instance_id"],
  ["azurerm_linux_virtual_machine", "virtual_machine_id"],
  ["azurerm_windows_virtual_machine", "virtual_machine_id"],
]);

/**
 * Converts what a plan would create.
 *
 * @param plan output of `terraform show -json`
 * @throws ConversionError
 */
export function convertPlan(plan: JsonObject, graph: DependencyGraph, tokens: TokenSource): ConvertedResources {
  return convertResources(readShownPlan(plan), graph, tokens, readMetadataReferences(plan));
}

/**
 * @param references what the plan's configuration says of metadata; without it, metadata of unknown resources goes to the nearest one
 * @throws ConversionError that names the resource, if a template breaks a rule
 */
export function convertResources(
  all: readonly ResourceInstance[],
  graph: DependencyGraph,
  tokens: TokenSource,
  references?: MetadataReferences,
): ConvertedResources {
  const warnings: string[] = [];
  const managed = all.filter((instance) => instance.parts.mode === "managed").sort((a, b) => compare(a.address, b.address));
  const ofType = (type: string): ResourceInstance[] => managed.filter((instance) => instance.parts.type === type);

  const agents = readAgents(ofType("coder_agent"), graph, tokens);
  const devcontainers: PlacedDevcontainer[] = [];
  for (const instance of ofType("coder_devcontainer")) {
    const devcontainer = readDevcontainer(instance);
    const owner = findOwner(instance, agents, [], graph);
    if (owner === undefined) warnings.push(`${instance.address} belongs to no agent, so it is left out`);
    else {
      owner.agent?.devcontainers.push(devcontainer);
      devcontainers.push({ instance, devcontainer });
    }
  }
  attachChildren({ ofType, agents, devcontainers, graph, warnings });

  const byLabel = Map.groupBy(
    managed.filter(({ parts }) => !parts.type.startsWith("coder_") || parts.type === "coder_external_agent"),
    (instance) => instance.label,
  );
  const agentsAt = new Map<string, Agent[]>();
  for (const { instance, agent } of agents) {
    const label = graph.nearestDependent(instance.label, (candidate) => byLabel.has(candidate));
    // Only one instance, even of a counted resource: a token belongs to one agent, and an agent to one machine.
    const [home] = label === undefined ? [] : belongingTo(instance, byLabel.get(label) ?? []);
    if (home === undefined) warnings.push(`${instance.address}: no resource depends on this agent, so it is left out`);
    else agentsAt.set(home.address, [...(agentsAt.get(home.address) ?? []), agent]);
  }
  const shown = managed.filter(({ parts }) => !PARTS.has(parts.type));
  const metadataAt = placeMetadata(ofType("coder_metadata"), { byLabel, shown, graph, references }, warnings);

  const resources = shown.map((instance) => {
    const from = attributesOf(instance);
    const metadata = metadataAt.get(instance.address);
    const agentsHere = agentsAt.get(instance.address) ?? [];
    const idAttribute = INSTANCE_ID.get(instance.parts.type);
    const instanceId = idAttribute === undefined ? "" : from.string(idAttribute);
    for (const agent of agentsHere)
      if (agent.auth.case === "instanceId" && agent.auth.value === "") agent.auth = { case: "instanceId", value: instanceId };
    const typeAttribute = INSTANCE_TYPE.get(instance.parts.type);
    return create(ResourceSchema, {
      name: instance.parts.name,
      type: instance.parts.type,
      agents: agentsHere,
      metadata: [...(metadata?.items ?? [])],
      hide: metadata?.hide ?? false,
      icon: metadata?.icon ?? "",
      dailyCost: metadata?.dailyCost ?? 0,
      instanceType: typeAttribute === undefined ? "" : from.string(typeAttribute),
      modulePath: modulePath(instance.parts.modules),
    });
  });
  return { resources, hasExternalAgents: [...graph.labels].some(isExternalAgent), warnings };
}

function readAgents(instances: readonly ResourceInstance[], graph: DependencyGraph, tokens: TokenSource): PlacedAgent[] {
  const names = new Map<string, string>();
  return instances.map((instance) => {
    checkAgentName(instance.parts.name, instance.address, names);
    if (!graph.labels.has(instance.label))
      throw new ConversionError(`${instance.address}: the output of terraform graph has no node ${instance.label}`);
    return { instance, agent: readAgent(instance, tokens) };
  });
}

interface Owner {
  readonly agent?: Agent;
  readonly devcontainer?: Devcontainer;
}

/**
 * Finds the owner of an app, a script, a variable or a devcontainer: by ID once that is known. While planning, IDs are unknown, and the
 * owner is the nearest agent (or devcontainer) that the configuration refers to, directly or through module variables.
 */
function findOwner(
  child: ResourceInstance,
  agents: readonly PlacedAgent[],
  devcontainers: readonly PlacedDevcontainer[],
  graph: DependencyGraph,
): Owner | undefined {
  const id = attributesOf(child).string("agent_id");
  if (id !== "") {
    const agent = agents.find((candidate) => candidate.agent.id === id);
    if (agent !== undefined) return { agent: agent.agent };
    const devcontainer = devcontainers.find((candidate) => candidate.devcontainer.subagentId === id);
    return devcontainer === undefined ? undefined : { devcontainer: devcontainer.devcontainer };
  }
  const placed = [...agents, ...devcontainers];
  const label = graph.nearestDependency(child.label, (candidate) => placed.some(({ instance }) => instance.label === candidate));
  const candidates = placed.filter(({ instance }) => instance.label === label);
  const [chosen] = belongingTo(
    child,
    candidates.map(({ instance }) => instance),
  );
  return candidates.find(({ instance }) => instance === chosen);
}

function attachChildren(into: {
  ofType: (type: string) => ResourceInstance[];
  agents: readonly PlacedAgent[];
  devcontainers: readonly PlacedDevcontainer[];
  graph: DependencyGraph;
  warnings: string[];
}): void {
  const { ofType, agents, devcontainers, graph, warnings } = into;
  const owned = <T>(type: string, read: (instance: ResourceInstance) => T, give: (owner: Owner, part: T) => void): void => {
    for (const instance of ofType(type)) {
      const part = read(instance);
      const owner = findOwner(instance, agents, devcontainers, graph);
      if (owner === undefined) warnings.push(`${instance.address} belongs to no agent, so it is left out`);
      else give(owner, part);
    }
  };
  for (const instance of ofType("coder_agent_instance")) {
    const from = attributesOf(instance);
    for (const { agent } of agents)
      if (agent.id !== "" && agent.id === from.string("agent_id") && agent.auth.case === "instanceId")
        agent.auth = { case: "instanceId", value: from.string("instance_id") };
  }
  const slugs = new Map<string, string>();
  owned(
    "coder_app",
    (instance) => {
      const app = readApp(instance);
      checkAppSlug(app.slug, instance.address, slugs);
      return app;
    },
    ({ agent, devcontainer }, app) => (agent ?? devcontainer)?.apps.push(app),
  );
  owned("coder_env", readEnv, ({ agent, devcontainer }, env) => (agent?.extraEnvs ?? devcontainer?.envs)?.push(env));
  owned("coder_script", readScript, ({ agent, devcontainer }, script) => (agent ?? devcontainer)?.scripts.push(script));
}

/** Checks the configuration, not the state: a block with a count of 0 counts, too. */
function isExternalAgent(label: string): boolean {
  return label.startsWith("coder_external_agent.") || label.includes(".coder_external_agent.");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
