import { type Command, Option } from "commander";
import type { ProvisionerJob, ProvisionerJobStatus } from "#sdk/provisioner-jobs.ts";
import type { CliContext } from "../context.ts";
import { type OrganizationOptions, organizationOption, parseCount } from "../options.ts";
import { type Columns, type OutputOptions, printRows, withOutputOptions } from "../print.ts";
import { createSessionClient, findOrganization } from "../session-client.ts";
import { formatTags } from "../tags.ts";

type Row = ProvisionerJob & { readonly organization_name: string };

const COLUMNS: Columns<Row> = {
  id: (row) => row.id,
  "created at": (row) => row.created_at,
  status: (row) => row.status,
  tags: (row) => formatTags(row.tags),
  type: (row) => row.type,
  organization: (row) => row.organization_name,
  queue: (row) => (row.status === "pending" ? `${row.queue_position}/${row.queue_size}` : ""),
  "started at": (row) => row.started_at ?? "",
  "completed at": (row) => row.completed_at ?? "",
  "canceled at": (row) => row.canceled_at ?? "",
  error: (row) => row.error?.split("\n")[0] ?? "",
  "error code": (row) => row.error_code ?? "",
  "worker id": (row) => row.worker_id ?? "",
  "worker name": (row) => row.worker_name ?? "",
  "template name": (row) => row.metadata.template_name,
  "workspace name": (row) => row.metadata.workspace_name ?? "",
};
const DEFAULTS = ["id", "created at", "status", "tags", "type", "organization", "queue"];
const STATUSES = [
  "pending",
  "running",
  "succeeded",
  "canceling",
  "canceled",
  "failed",
  "unknown",
] as const satisfies ProvisionerJobStatus[];

export function addProvisionerJobsListCommand(parent: Command, context: CliContext): void {
  const command = parent
    .command("list")
    .description("List provisioner jobs, newest first")
    .addOption(new Option("-s, --status <status>", "only jobs with this status").choices(STATUSES).env("CODER_PROVISIONER_JOB_LIST_STATUS"))
    .addOption(
      new Option("-l, --limit <count>", "maximum number of jobs")
        .env("CODER_PROVISIONER_JOB_LIST_LIMIT")
        .default(50)
        .argParser(parseCount(1)),
    )
    .addOption(organizationOption());
  withOutputOptions(command, COLUMNS, DEFAULTS).action(async (_options: unknown, self: Command) => {
    const options = self.optsWithGlobals<OrganizationOptions & OutputOptions & { status?: ProvisionerJobStatus; limit: number }>();
    const client = await createSessionClient(context, options);
    const { signal } = context.interrupts;
    const organization = await findOrganization(client, options.org, signal);
    const jobs = await client.listProvisionerJobs(organization.id, {
      signal,
      limit: options.limit,
      ...(options.status === undefined ? {} : { status: options.status }),
    });
    if (jobs.length === 0 && options.output === "table") {
      context.stderr.write("No provisioner jobs found.\n");
      return;
    }
    const rows = jobs.map((job) => ({ ...job, organization_name: organization.name }));
    printRows(context, options, { columns: COLUMNS, defaults: DEFAULTS, rows, json: jobs });
  });
}
