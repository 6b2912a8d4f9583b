import type { TemplateVariable } from "#proto/gen/provisioner_pb.js";
import type { UpdateJobRequest } from "#proto/gen/provisionerd_pb.js";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import type { TemplateVersionId } from "../ids.ts";
import type { ResolvedVariable } from "../provisioning/job-kind.ts";
import { getVersionOfJob, putVariableRow, putWorkspaceTag } from "./import-rows.ts";
import { updateVersionRow } from "./version-rows.ts";
import { variablePurpose } from "./version-variables.ts";

/** Stores what an import learns while it parses. Repeated facts replace stored ones: a daemon repeats a call whose answer was lost. */
export async function updateImport(
  core: Database,
  { db }: Tx,
  job: Row<"provisioner_jobs">,
  request: UpdateJobRequest,
): Promise<readonly ResolvedVariable[]> {
  const tags = Object.entries(request.workspaceTags);
  if (tags.length === 0 && request.readme.length === 0 && request.templateVariables.length === 0) return [];
  const { id } = await getVersionOfJob(db, job.id);
  for (const [key, value] of tags) await putWorkspaceTag(db, { template_version_id: id, key, value });
  if (request.readme.length > 0)
    await updateVersionRow(db, id, { readme: cleanText(Buffer.from(request.readme).toString("utf8")), updated_at: core.now() });
  const given = new Map(request.userVariableValues.map(({ name, value }) => [name, value]));
  const resolved: ResolvedVariable[] = [];
  for (const variable of request.templateVariables) {
    const value = given.get(variable.name) ?? variable.defaultValue;
    await putVariable(core, db, id, variable, value);
    const { name, sensitive } = variable;
    resolved.push({ name, value, sensitive, isMissing: variable.required && value === "" });
  }
  return resolved;
}

function putVariable(
  { encryption }: Database,
  db: Tx["db"],
  id: TemplateVersionId,
  variable: TemplateVariable,
  value: string,
): Promise<void> {
  return putVariableRow(
    db,
    { template_version_id: id, name: variable.name },
    {
      description: cleanText(variable.description),
      type: variable.type,
      value: encryption.seal(variablePurpose(id, variable.name), Buffer.from(value, "utf8")),
      default_value: cleanText(variable.defaultValue),
      required: variable.required,
      sensitive: variable.sensitive,
    },
  );
}
