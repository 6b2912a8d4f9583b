import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { Assignment } from "../provisioning/job-kind.ts";
import { findGivenVariables } from "./given-variables.ts";
import { getVersionOfJob } from "./import-rows.ts";

/** The group that contains all members of an organization. */
const EVERYONE = "Everyone";

/** Builds the message for an import's daemon: the version, and the values that were given for its variables. */
export async function prepareImport(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  { accessUrl }: { readonly accessUrl: string },
): Promise<Assignment> {
  const version = await getVersionOfJob(tx.db, job.id);
  const { values } = await findGivenVariables(core, tx.db, job, version);
  return {
    case: "templateImport",
    value: {
      metadata: {
        coderUrl: accessUrl,
        workspaceOwnerGroups: [EVERYONE],
        templateId: version.template_id ?? "",
        templateVersionId: version.id,
        templateVersion: version.name,
      },
      userVariableValues: [...values].map(([name, { value, source }]) => ({ name, value, sensitive: true, json: source === "json" })),
    },
  };
}
