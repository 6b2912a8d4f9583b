import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { TemplateVersionId } from "../ids.ts";
import { findVariableRows } from "./version-detail-rows.ts";

export type VariableSource = "default" | "text" | "json";

export type TemplateVersionVariable = Omit<Row<"template_version_variables">, "value" | "value_source"> & {
  /** The stored value; the API hides it if the variable is `sensitive`. */
  readonly value: string;
  /** Whether the value is the default, or was set, and as what. */
  readonly source: VariableSource;
};

/** Sorted by name. Decides nothing. */
export async function findVariables(
  core: Pick<Database, "encryption">,
  db: Database["db"],
  id: TemplateVersionId,
): Promise<TemplateVersionVariable[]> {
  const rows = await findVariableRows(db, id);
  return rows.map(({ value_source: noted, ...row }) => {
    const value = core.encryption.open(variablePurpose(id, row.name), row.value).toString("utf8");
    return { ...row, value, source: noted ?? (value === row.default_value && !row.required ? "default" : "text") };
  });
}

/** The purpose that the value of a variable is sealed with. */
export function variablePurpose(id: TemplateVersionId, name: string): string {
  return `template_version_variables.value:${id}:${name}`;
}
