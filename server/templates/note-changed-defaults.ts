import type { Database, Tx } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { noteInJobLog } from "../provisioning/note-in-job-log.ts";
import { findActiveVersionId } from "./import-rows.ts";
import { findVariables, type TemplateVersionVariable } from "./version-variables.ts";

/** More notes than this would hide each other. */
const MAX_NOTES = 100;

/** Says in an import's log which variables have another default than in the template's active version, and what that means for builds. */
export async function noteChangedDefaults(
  core: Database,
  tx: Tx,
  jobId: Row<"provisioner_jobs">["id"],
  version: Pick<Row<"template_versions">, "id" | "template_id">,
): Promise<void> {
  if (version.template_id === null) return;
  const before = await findVariables(core, tx.db, await findActiveVersionId(tx.db, version.template_id));
  const byName = new Map(before.map((variable) => [variable.name, variable]));
  const notes = (await findVariables(core, tx.db, version.id)).map((variable) => noteOn(variable, byName.get(variable.name)));
  for (const note of notes.filter((one) => one !== undefined).slice(0, MAX_NOTES))
    await noteInJobLog(core, tx, jobId, { ...note, stage: "Template variables" });
}

function noteOn(
  now: TemplateVersionVariable,
  before: TemplateVersionVariable | undefined,
): { level: "info" | "warn"; output: string } | undefined {
  if (before === undefined || before.required || now.required || before.default_value === now.default_value) return undefined;
  const shown = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
  const isSecret = before.sensitive || now.sensitive;
  const change = `The default of variable ${JSON.stringify(now.name)} has changed${isSecret ? "" : `, from ${shown(before.default_value)} to ${shown(now.default_value)}`}`;
  if (now.source === "default") return { level: "info", output: `${change}. Builds of this version use the new one.` };
  // Whoever has just given a value knows that the default does not count.
  if (before.source !== now.source || before.value !== now.value) return undefined;
  return {
    level: "warn",
    output: `${change}, but builds keep the value that was set at a push. To use the default: --use-default ${now.name}`,
  };
}
