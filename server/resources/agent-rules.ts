import { deriveAgentToken } from "#credentials/agent-token.ts";
import { hashSecret, isSecret } from "#credentials/secret.ts";
import type { Agent, Env, Resource } from "#proto/gen/provisioner_pb.js";
import type { AgentKeyScope } from "../database/tables/agents.ts";
import { InvalidCompletionError } from "../provisioning/invalid-completion.ts";

/** A host-name label, in any letter case. */
const AGENT_NAME = /^[a-z0-9](?:-?[a-z0-9])*$/i;
const LABEL_LENGTH = 63;
const APP_SLUG = /^[a-z0-9](?:-?[a-z0-9])*$/;

/**
 * Checks what must hold for the agents of one job, before a row is written.
 *
 * @throws InvalidCompletionError that names the agent and the value
 */
export function checkAgents(resources: readonly Resource[]): void {
  const seen = new Map<string, string>();
  for (const resource of resources)
    for (const agent of resource.agents) {
      const address = `${resource.type}.${resource.name}`;
      checkName(agent.name, address);
      const earlier = seen.get(agent.name.toLowerCase());
      if (earlier !== undefined)
        throw new InvalidCompletionError(`two agents are named ${JSON.stringify(agent.name)}: one of ${earlier}, one of ${address}`);
      seen.set(agent.name.toLowerCase(), address);
      parseAgentKeyScope(agent);
      checkSlugs(agent);
    }
}

function checkName(name: string, address: string): void {
  if (name === "") throw new InvalidCompletionError(`an agent of ${address} has no name`);
  if (AGENT_NAME.test(name) && name.length <= LABEL_LENGTH) return;
  const hint = name.includes("_") ? "; use hyphens instead of underscores" : "";
  throw new InvalidCompletionError(
    `the agent name ${JSON.stringify(name)} is no host-name label: it may have up to ${LABEL_LENGTH} letters, digits and inner hyphens${hint}`,
  );
}

/** Empty comes from daemons that do not know the field, and means what it meant before there was one. */
export function parseAgentKeyScope({ name, apiKeyScope }: Pick<Agent, "name" | "apiKeyScope">): AgentKeyScope {
  if (apiKeyScope === "" || apiKeyScope === "all") return "all";
  if (apiKeyScope === "no_user_data") return "no_user_data";
  throw new InvalidCompletionError(
    `agent ${JSON.stringify(name)} has the unknown api_key_scope ${JSON.stringify(apiKeyScope)}: it must be "all" or "no_user_data"`,
  );
}

function checkSlugs(agent: Agent): void {
  const seen = new Set<string>();
  for (const { slug } of agent.apps) {
    const where = `of agent ${JSON.stringify(agent.name)}`;
    if (!APP_SLUG.test(slug))
      throw new InvalidCompletionError(
        `the app slug ${JSON.stringify(slug)} ${where} may have only lower-case letters, digits and inner hyphens`,
      );
    if (seen.has(slug)) throw new InvalidCompletionError(`two apps ${where} have the slug ${JSON.stringify(slug)}`);
    seen.add(slug);
  }
}

/**
 * The hash of the token with which an agent of a build will call; null when it has none.
 *
 * @param buildSecret from which the daemon's provider derived the token; a token that the daemon reports itself comes before it
 * @see docs/decisions/0002-agent-tokens.md
 */
export function agentTokenHash(agent: Agent, buildSecret: Uint8Array | undefined): Uint8Array | null {
  if (agent.auth.case !== "token") return null;
  const reported = agent.auth.value;
  if (reported !== "") {
    // The value stays out of the message, which ends up in a log.
    if (!isSecret("agent", reported))
      throw new InvalidCompletionError(`agent ${JSON.stringify(agent.name)} reports a token of an unknown form`);
    return hashSecret(reported);
  }
  if (buildSecret === undefined) return null;
  if (agent.id === "") throw new InvalidCompletionError(`agent ${JSON.stringify(agent.name)} has no id`);
  return hashSecret(deriveAgentToken(buildSecret, agent.id));
}

/** `coder_env` values joined in the order in which they were sent; the agent's own `env` wins over them. */
export function mergeEnvironment(agentName: string, extra: readonly Env[], own: Readonly<Record<string, string>>): Record<string, string> {
  const merged: Record<string, string> = Object.create(null);
  for (const { name, value, mergeStrategy } of extra) {
    const before = merged[name];
    if (before === undefined || before === "") merged[name] = value;
    else if (mergeStrategy === "append") merged[name] = `${before}:${value}`;
    else if (mergeStrategy === "prepend") merged[name] = `${value}:${before}`;
    else if (mergeStrategy === "error")
      throw new InvalidCompletionError(`agent ${JSON.stringify(agentName)} sets the variable ${JSON.stringify(name)} twice`);
    else merged[name] = value;
  }
  return { ...merged, ...own };
}
