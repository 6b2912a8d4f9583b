import type { WorkspaceResource } from "#sdk/workspace-resources.ts";

/** Formats a workspace's resources, one per line, each with its agents below it. Ends with a newline; empty if there is nothing to show. */
export function formatResources(resources: readonly WorkspaceResource[], options: { readonly agentStatus: boolean }): string {
  const lines: string[] = [];
  for (const resource of resources) {
    if (resource.hide) continue;
    lines.push(`${resource.type}.${resource.name}`);
    const agents = resource.agents ?? [];
    for (const [index, agent] of agents.entries()) {
      const branch = index === agents.length - 1 ? "└─" : "├─";
      const status = options.agentStatus ? `  ${agent.status}, ${agent.lifecycle_state}${agent.version ? `, ${agent.version}` : ""}` : "";
      lines.push(`${branch} ${agent.name} (${agent.operating_system}, ${agent.architecture})${status}`);
    }
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}
