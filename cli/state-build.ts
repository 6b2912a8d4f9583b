import type { Client } from "#sdk/client.ts";
import type { WorkspaceBuild } from "#sdk/workspace-builds.ts";
import type { Workspace } from "#sdk/workspaces.ts";
import { CliError } from "./failure.ts";
import { findWorkspace } from "./session-client.ts";

/**
 * Finds the build whose state a command is about, also of a deleted workspace, if that is named by its ID.
 *
 * @param number default: the latest build
 * @throws CliError if there is none
 */
export async function findStateBuild(
  client: Client,
  { workspace: name, number }: { readonly workspace: string; readonly number: number | undefined },
  signal: AbortSignal,
): Promise<{ readonly workspace: Workspace; readonly build: WorkspaceBuild }> {
  const workspace = await findWorkspace(client, name, signal, { includeDeleted: true });
  const newest = workspace.latest_build;
  if (number === undefined || number === newest.build_number) return { workspace, build: newest };
  // Builds are numbered without gaps. By its number alone, a build of a deleted workspace is not found.
  const offset = newest.build_number - number;
  const [build] = offset < 0 ? [] : await client.listWorkspaceBuilds(workspace.id, { limit: 1, offset, signal });
  if (build?.build_number !== number)
    throw new CliError(`workspace ${workspace.name} has no build ${number}: the newest is ${newest.build_number}`);
  return { workspace, build };
}
