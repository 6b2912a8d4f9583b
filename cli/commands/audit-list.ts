import type { Command } from "commander";
import type { AuditLog } from "#sdk/audit.ts";
import type { CliContext, GlobalOptions } from "../context.ts";
import { parseCount } from "../options.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient } from "../session-client.ts";
import { formatTime } from "../token-columns.ts";

const COLUMNS: Columns<AuditLog> = {
  time: (row) => formatTime(row.time),
  user: (row) => row.user?.username ?? "",
  action: (row) => row.action,
  type: (row) => row.resource_type,
  target: (row) => row.resource_target,
  changed: (row) => Object.keys(row.diff).join(", "),
  status: (row) => String(row.status_code),
  "key id": (row) => row.api_key_id,
  ip: (row) => row.ip,
  organization: (row) => row.organization?.name ?? "",
  description: (row) => row.description,
  id: (row) => row.id,
};
const DEFAULTS = ["time", "user", "action", "type", "target", "changed", "status", "key id", "ip"];

export function addAuditListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List changes, newest first, with the user and token that made them")
    .option("--search <terms>", "filter, such as username:ada action:create resource_type:api_key date_from:2026-01-31")
    .option("-l, --limit <count>", "maximum number of entries", parseCount(1), 50);
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<GlobalOptions & OutputOptions & { search?: string; limit: number }>();
    const client = await createSessionClient(context, options);
    const { audit_logs: rows } = await client.listAuditLogs({
      signal: context.interrupts.signal,
      q: options.search ?? "",
      limit: options.limit,
    });
    if (rows.length === 0 && options.output === "table") {
      context.stderr.write("No entries found.\n");
      return;
    }
    printRows(context, options, { columns: COLUMNS, defaults: DEFAULTS, rows, json: rows });
  });
}
