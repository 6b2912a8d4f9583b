import { deriveAgentToken } from "#credentials/agent-token.ts";
import { hashSecret, isSecret } from "#credentials/secret.ts";
import type { Agent, Env, Resource } from "#proto/gen/provisioner_pb.js";
import type { AgentKeyScope } from "../database/tables/agents.ts";
import { InvalidCompletionError } from "../provisioning/invalid-completion.ts";

/** Matches a host-name label, in any letter case. */
const AGENT_NAME = /^[a-z0-9](?:-?[a-z0-9])*$/i;
const LABEL_LENGTH = 63;
const APP_SLUG = /^[a-z0-9](?:-?[a-z0-9])*$/;

/**
 * Checks the rules for the agents of one job, before any row is written.
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
        throw new InvalidCompletionError(`two agents are named ${JSON.stringify(agent.name)}: one in ${earlier} and one in ${address}`);
      seen.set(agent.name.toLowerCase(), address);
      parseAgentKeyScope(agent);
      checkSlugs(agent);
    }
}

function checkName(name: string, address: string): void {
  if (name === "") throw new InvalidCompletionError(`an agent in ${address} has no name`);
  if (AGENT_NAME.test(name) && name.length <= LABEL_LENGTH) return;
  const hint = name.includes("_") ? "; use hyphens instead of underscores" : "";
  throw new InvalidCompletionError(
    `${JSON.stringify(name)} is not a valid agent name: expected up to ${LABEL_LENGTH} letters, digits and inner hyphens${hint}`,
  );
}

/** Parses the scope. Daemons that do not know the field send the empty string, which means `all`, as before the field existed. */
export function parseAgentKeyScope({ name, apiKeyScope }: Pick<Agent, "name" | "apiKeyScope">): AgentKeyScope {
  if (apiKeyScope === "" || apiKeyScope === "all") return "all";
  if (apiKeyScope === "no_user_data") return "no_user_data";
  throw new InvalidCompletionError(
    `agent ${JSON.stringify(name)} has the unknown api_key_scope ${JSON.stringify(apiKeyScope)}: expected "all" or "no_user_data"`,
  );
}

function checkSlugs(agent: Agent): void {
  const seen = new Set<string>();
  for (const { slug } of agent.apps) {
    const where = `in agent ${JSON.stringify(agent.name)}`;
    if (!APP_SLUG.test(slug))
      throw new InvalidCompletionError(
        `${JSON.stringify(slug)} is not a valid app slug ${where}: expected lower-case letters, digits and inner hyphens`,
      );
    if (seen.has(slug)) throw new InvalidCompletionError(`two apps ${where} have the slug ${JSON.stringify(slug)}`);
    seen.add(slug);
  }
}

/**
 * Returns the hash of the token with which a build's agent will authenticate; null if it has no token.
 *
 * @param buildSecret the secret from which the daemon's provider derived the token; a token that the daemon reports takes precedence
 * @see docs/decisions/0002-agent-tokens.md
 */
export function agentTokenHash(agent: Agent, buildSecret: Uint8Array | undefined): Uint8Array | null {
  if (agent.auth.case !== "token") return null;
  const reported = agent.auth.value;
  if (reported !== "") {
    // The message ends up in a log, so it must not contain the token.
    if (!isSecret("agent", reported))
      throw new InvalidCompletionError(`agent ${JSON.stringify(agent.name)} reported a token in an unknown format`);
    return hashSecret(reported);
  }
  if (buildSecret === undefined) return null;
  if (agent.id === "") throw new InvalidCompletionError(`agent ${JSON.stringify(agent.name)} has no ID`);
  return hashSecret(deriveAgentToken(buildSecret, agent.id));
}

/**
 * Merges `coder_env` values in the order in which they were sent. The agent's own `env` overrides them. A value that is added to a variable
 * which nothing sets here is added to the one that the agent is started with: the agent expands the reference, and only it knows that value.
 */
export function mergeEnvironment(agentName: string, extra: readonly Env[], own: Readonly<Record<string, string>>): Record<string, string> {
  const merged: Record<string, string> = Object.create(null);
  for (const { name, value, mergeStrategy } of extra) {
    const before = merged[name];
    // An empty entry of a search path would stand for the current folder.
    const join = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(":");
    if (mergeStrategy === "append") merged[name] = join(before ?? ofAgent(name), value);
    else if (mergeStrategy === "prepend") merged[name] = join(value, before ?? ofAgent(name));
    else if (mergeStrategy === "error" && before !== undefined && before !== "")
      throw new InvalidCompletionError(`agent ${JSON.stringify(agentName)} sets the variable ${JSON.stringify(name)} twice`);
    else merged[name] = value;
  }
  return { ...merged, ...own };
}

/** Refers to the value that the agent itself is started with. */
function ofAgent(name: string): string {
  return `$\{${name}}`;
}
