import type { Client } from "#sdk/client.ts";
import type { WorkspaceBuild } from "#sdk/workspace-builds.ts";
import type { CliContext } from "./context.ts";
import { warnIfNobodyRuns, watchJob } from "./watch-job.ts";

/** Shows a workspace build until it ends. Ctrl-C leaves it running, because a half-built workspace is of no use. */
export async function watchBuild(
  context: CliContext,
  client: Client,
  build: WorkspaceBuild,
  options: { readonly verbose?: boolean },
): Promise<void> {
  warnIfNobodyRuns(context, build);
  await watchJob(context, {
    fetchJob: async (signal) => (await client.getWorkspaceBuild(build.id, { signal })).job,
    followLogs: (signal) => client.followWorkspaceBuildLogs(build.id, { signal }),
    leaveHint: `The build continues. To watch it again, run \`proviso logs --follow ${build.workspace_name}\`.`,
    verbose: options.verbose === true,
  });
}
