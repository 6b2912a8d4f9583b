import { ruled } from "../access/ruled.ts";
import type { AgentId } from "../ids.ts";
import { reportChange } from "./own-workspace.ts";

export interface Startup {
  readonly version: string;
  readonly apiVersion: string;
  readonly expandedDirectory: string;
  readonly subsystems: readonly string[];
}

/** Stores what an agent says about itself when it starts. */
export const reportStartup = ruled("agents.updateStartup", (context, id: AgentId, startup: Startup) =>
  reportChange(context, id, () => ({
    version: startup.version,
    api_version: startup.apiVersion,
    expanded_directory: startup.expandedDirectory,
    subsystems: startup.subsystems,
  })),
);
