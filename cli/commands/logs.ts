import { type Command, InvalidArgumentError } from "commander";
import type { Client } from "#sdk/client.ts";
import type { WorkspaceBuild } from "#sdk/workspace-builds.ts";
import type { Workspace } from "#sdk/workspaces.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { CliError } from "../failure.ts";
import { createJobLogView } from "../job-log.ts";
import { createSessionClient, findWorkspace, orMissing } from "../session-client.ts";
import { watchBuild } from "../watch-build.ts";

interface LogsOptions extends GlobalOptions {
  readonly follow?: boolean;
  readonly buildNumber: number;
}

export function addLogsCommand(parent: Command, context: CliContext): void {
  parent
    .command("logs")
    .description("Show the log of a workspace's build")
    .argument("<workspace>", "name, owner/name, or ID")
    .option("-f, --follow", "follow the log until the build has finished")
    .option("-n, --build-number <number>", "number of the build; 0 is the newest, -1 the one before it", parseBuildNumber, 0)
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<LogsOptions>();
      const client = await createSessionClient(context, options);
      const { signal } = context.interrupts;
      const workspace = await findWorkspace(client, name, signal);
      const build = await findBuild(client, workspace, options.buildNumber, signal);
      if (options.follow && build.job.completed_at === undefined) {
        await watchBuild(context, client, build, options);
        return;
      }
      const view = await createJobLogView({ out: context.stdout, verbose: options.verbose === true });
      const logs = await client.listWorkspaceBuildLogs(build.id, { signal });
      for (const log of logs)
        view.line({ createdAt: Date.parse(log.created_at), level: log.log_level, stage: log.stage, output: log.output });
      const { completed_at: completedAt, status } = build.job;
      if (completedAt !== undefined) view.close(status === "succeeded" ? "done" : "failed", Date.parse(completedAt));
    });
}

async function findBuild(client: Client, workspace: Workspace, number: number, signal: AbortSignal): Promise<WorkspaceBuild> {
  const newest = workspace.latest_build;
  const wanted = number > 0 ? number : newest.build_number + number;
  if (wanted === newest.build_number) return newest;
  if (wanted < 1)
    throw new CliError(`the ${workspace.name} workspace has only ${newest.build_number} build${newest.build_number === 1 ? "" : "s"}`);
  const found = client.getWorkspaceBuildByNumber(workspace.owner_name, workspace.name, wanted, { signal });
  return orMissing(found, `build ${wanted} of workspace ${workspace.name}`, `The newest build is ${newest.build_number}.`);
}

function parseBuildNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
