import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { TemplateVersionId } from "../ids.ts";
import { findVariableRows } from "./version-detail-rows.ts";

export type TemplateVersionVariable = Omit<Row<"template_version_variables">, "value"> & {
  /** As stored; the API hides it when `sensitive`. */
  readonly value: string;
};

/** By name. Without a decision. */
export async function findVariables(
  core: Pick<Database, "encryption">,
  db: Database["db"],
  id: TemplateVersionId,
): Promise<TemplateVersionVariable[]> {
  const rows = await findVariableRows(db, id);
  return rows.map((row) => ({ ...row, value: core.encryption.open(variablePurpose(id, row.name), row.value).toString("utf8") }));
}

/** What the value of a variable is sealed for. */
export function variablePurpose(id: TemplateVersionId, name: string): string {
  return `template_version_variables.value:${id}:${name}`;
}
