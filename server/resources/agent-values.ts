/**
 * What a template gives to an agent often holds credentials: the values of its environment, and the texts of its scripts. Whoever may only
 * look at a workspace learns that they are there, not what they are.
 */
import type { AuthzObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { isOwningSession } from "../access/owning-session.ts";
import type { AgentDetails } from "./agent-rows.ts";
import type { Resource } from "./rows.ts";

type Asking = Pick<Context, "guard">;

/** @param about what the agent's job is for: a workspace, or the template of an import */
function maySeeValues({ guard }: Asking, about: AuthzObject): boolean {
  switch (about.type) {
    case "workspace":
    case "workspace_dormant": {
      const workspace = about as AuthzObject<"workspace">;
      // Whoever may connect, or act as the agent, reads them inside.
      const readsInside = [guard.shows("ssh", workspace), guard.shows("update_agent", workspace)];
      return readsInside.includes(true) || isOwningSession(guard.subject, about);
    }
    case "template":
      return guard.shows("update", about as AuthzObject<"template">);
    default:
      return false;
  }
}

/** The agent as the caller may see it. Names stay, with empty values, so that the form is the same for everybody. */
export function shownAgent(asking: Asking, about: AuthzObject, agent: AgentDetails): AgentDetails {
  return maySeeValues(asking, about) ? agent : withoutValues(agent);
}

/** Does the same for the agents of resources that one job left. */
export function shownResources(asking: Asking, about: AuthzObject, resources: readonly Resource[]): readonly Resource[] {
  if (maySeeValues(asking, about)) return resources;
  return resources.map((resource) => ({ ...resource, agents: resource.agents.map(withoutValues) }));
}

function withoutValues(agent: AgentDetails): AgentDetails {
  return {
    ...agent,
    environment_variables: Object.fromEntries(Object.keys(agent.environment_variables).map((name) => [name, ""])),
    scripts: agent.scripts.map((script) => ({ ...script, script: "" })),
    apps: agent.apps.map((app) => ({ ...app, command: app.command && "" })),
  };
}
