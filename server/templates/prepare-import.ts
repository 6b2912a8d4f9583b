import { StatusError } from "#proto/status.ts";
import { findPerson } from "../access/person-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { Assignment } from "../provisioning/job-kind.ts";
import { findGivenVariables } from "./given-variables.ts";
import { getVersionOfJob } from "./import-rows.ts";

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
