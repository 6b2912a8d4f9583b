import type { TemplateVariable } from "#proto/gen/provisioner_pb.js";
import type { UpdateJobRequest } from "#proto/gen/provisionerd_pb.js";
import { nearestName } from "#sdk/nearest-name.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import type { TemplateVersionId } from "../ids.ts";
import type { Progress } from "../provisioning/job-kind.ts";
import { findGivenVariables, type GivenValue } from "./given-variables.ts";
import { getVersionOfJob, putVariableRow, putWorkspaceTag } from "./import-rows.ts";
import { updateVersionRow } from "./version-rows.ts";
import { variablePurpose } from "./version-variables.ts";

/** Stores what an import learns while it parses. Repeated facts replace stored ones: a daemon repeats a call whose answer was lost. */
export async function updateImport(
  core: Database,
  { db }: Tx,
  job: Row<"provisioner_jobs">,
  request: UpdateJobRequest,
): Promise<Progress | undefined> {
  const { templateVariables, userVariableValues, readme } = request;
  const tags = Object.entries(request.workspaceTags);
  const hasParsed = templateVariables.length > 0 || userVariableValues.length > 0;
  if (tags.length === 0 && readme.length === 0 && !hasParsed) return undefined;
  const version = await getVersionOfJob(db, job.id);
  for (const [key, value] of tags) await putWorkspaceTag(db, { template_version_id: version.id, key, value });
  if (readme.length > 0)
    await updateVersionRow(db, version.id, { readme: cleanText(Buffer.from(readme).toString("utf8")), updated_at: core.now() });
  if (!hasParsed) return undefined;
  // What the daemon says of values is not asked: the server knows what was set, and as what.
  const { values, named } = await findGivenVariables(core, db, job, version);
  for (const variable of templateVariables) await putVariable(core, db, version.id, variable, values.get(variable.name));
  return {
    variables: templateVariables.flatMap(({ name, sensitive }) => {
      const given = values.get(name);
      return given === undefined ? [] : [{ name, value: given.value, sensitive, json: given.source === "json" }];
    }),
    ...problemWith(templateVariables, values, named),
  };
}

function problemWith(
  variables: readonly TemplateVariable[],
  values: ReadonlyMap<string, GivenValue>,
  named: readonly string[],
): Pick<Progress, "problem"> {
  const names = variables.map(({ name }) => name);
  const unknown = named.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, names);
    const hint = nearest === undefined ? listed(names) : `did you mean ${JSON.stringify(nearest)}?`;
    return { problem: `the template has no variable ${JSON.stringify(unknown)}: ${hint}` };
  }
  const missing = variables.filter(({ name, required }) => required && !values.has(name)).map(({ name }) => name);
  // Clients match the first words.
  return missing.length === 0 ? {} : { problem: `required template variables need values: ${missing.join(", ")}` };
}

/** More names than this would not help anybody. */
const MAX_LISTED = 20;

function listed(names: readonly string[]): string {
  if (names.length === 0) return "it has none";
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : "";
  return `it has ${names.slice(0, MAX_LISTED).join(", ")}${more}`;
}

function putVariable(
  { encryption }: Database,
  db: Tx["db"],
  id: TemplateVersionId,
  variable: TemplateVariable,
  given: GivenValue | undefined,
): Promise<void> {
  const value = given?.value ?? variable.defaultValue;
  return putVariableRow(
    db,
    { template_version_id: id, name: variable.name },
    {
      description: cleanText(variable.description),
      type: variable.type,
      value: encryption.seal(variablePurpose(id, variable.name), Buffer.from(value, "utf8")),
      value_source: given?.source ?? "default",
      default_value: cleanText(variable.defaultValue),
      required: variable.required,
      sensitive: variable.sensitive,
    },
  );
}
