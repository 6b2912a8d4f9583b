import { StatusError } from "#proto/status.ts";
import { findPerson } from "../access/person-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { openSecretInput } from "../provisioning/insert-job.ts";
import type { Assignment } from "../provisioning/job-kind.ts";
import { findActiveVersionId, getVersionOfJob } from "./import-rows.ts";
import { findVariables } from "./version-variables.ts";

/** The group that contains all members of an organization. */
const EVERYONE = "Everyone";

const SUSPENDED = "the user who pushed this version was suspended before a daemon took the import";

/**
 * Builds the message for an import's daemon: the version, and the values that were given for its variables. Nothing in it belongs to a user.
 *
 * @throws StatusError FAILED_PRECONDITION, whose message ends the job, if its author is suspended
 */
export async function prepareImport(
  core: Database,
  tx: Tx,
  job: Row<"provisioner_jobs">,
  { accessUrl }: { readonly accessUrl: string },
): Promise<Assignment> {
  const version = await getVersionOfJob(tx.db, job.id);
  // An import runs the author's program with the values of the template's variables. What a deleted user left behind goes on.
  if ((await findPerson(tx.db, job.initiator_id))?.user.status === "suspended") throw new StatusError("FAILED_PRECONDITION", SUSPENDED);
  const values = new Map<string, string>();
  if (version.template_id !== null) {
    const activeVersionId = await findActiveVersionId(tx.db, version.template_id);
    // A variable without a new value keeps the value of the template's active version.
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
