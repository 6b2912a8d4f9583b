import type { Command } from "commander";
import type { Workspace } from "#sdk/workspaces.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { type Columns, formatAge, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";

const DEFAULTS = ["workspace", "template", "status", "healthy", "last built", "current version", "outdated"];

function columns(now: number): Columns<Workspace> {
  return {
    workspace: (row) => `${row.owner_name}/${row.name}`,
    favorite: (row) => String(row.favorite),
    "organization id": (row) => row.organization_id,
    "organization name": (row) => row.organization_name,
    template: (row) => row.template_name,
    status: (row) => row.latest_build.status,
    healthy: (row) => (row.latest_build.status === "running" ? String(row.health.healthy) : ""),
    "last built": (row) => formatAge(row.latest_build.created_at, now),
    "current version": (row) => row.latest_build.template_version_name,
    outdated: (row) => String(row.outdated),
    "starts at": (row) => row.autostart_schedule ?? "",
    "stops after": (row) => (row.ttl_ms ? `${row.ttl_ms / 3_600_000}h` : ""),
  };
}

export function addListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List workspaces")
    .option("-a, --all", "include the workspaces of other users that you have access to")
    .option("--search <terms>", "filter, such as owner:me status:running", "owner:me");
  withOutputOptions(command, columns(0), DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { all?: boolean; search: string }>();
    const client = await createSessionClient(context, options);
    const { workspaces } = await client.listWorkspaces({ signal: context.interrupts.signal, q: options.all ? "" : options.search });
    if (workspaces.length === 0 && options.output === "table") {
      context.stderr.write("No workspaces found. Create one with `proviso create <name>`.\n");
      return;
    }
    printRows(context, options, { columns: columns(context.now()), defaults: DEFAULTS, rows: workspaces, json: workspaces });
  });
}
