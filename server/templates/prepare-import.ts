import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { openSecretInput } from "../provisioning/insert-job.ts";
import type { Assignment } from "../provisioning/job-kind.ts";
import { findActiveVersionId, getVersionOfJob } from "./import-rows.ts";
import { findVariables } from "./version-variables.ts";

/** Every organization's group of all its members. */
const EVERYONE = "Everyone";

/** What an import's daemon gets: the version, and the values of its variables as far as anybody gave them. */
export async function prepareImport(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  { accessUrl }: { readonly accessUrl: string },
): Promise<Assignment> {
  const version = await getVersionOfJob(tx.db, job.id);
  const values = new Map<string, string>();
  if (version.template_id !== null) {
    const activeVersionId = await findActiveVersionId(tx.db, version.template_id);
    // What nobody says anew stays as the template has it.
    for (const { name, value } of await findVariables(core, tx.db, activeVersionId)) values.set(name, value);
  }
  for (const { name, value } of openSecretInput(core, job).user_variable_values) values.set(name, value);
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
      userVariableValues: [...values].map(([name, value]) => ({ name, value, sensitive: true })),
    },
  };
}
