import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { openSecretInput } from "../provisioning/insert-job.ts";
import { findActiveVersionId } from "./import-rows.ts";
import { findVariables, type VariableSource } from "./version-variables.ts";

export interface GivenValue {
  readonly value: string;
  readonly source: Exclude<VariableSource, "default">;
}

export interface GivenVariables {
  /** By name: what this push sets, and what earlier pushes have set and this one does not set back. */
  readonly values: ReadonlyMap<string, GivenValue>;
  /** The names in the request for this version. */
  readonly named: readonly string[];
}

/** Collects the values of variables for an import. A variable without a new value keeps what was set for the template's active version. */
export async function findGivenVariables(
  core: Database,
  db: Database["db"],
  job: Pick<Row<"provisioner_jobs">, "id" | "secret_input">,
  version: Pick<Row<"template_versions">, "template_id">,
): Promise<GivenVariables> {
  const { user_variable_values: set, user_variable_defaults: unset = [] } = openSecretInput(core, job);
  const values = new Map<string, GivenValue>();
  const before = version.template_id === null ? [] : await findVariables(core, db, await findActiveVersionId(db, version.template_id));
  for (const { name, value, source } of before) if (source !== "default") values.set(name, { value, source });
  for (const name of unset) values.delete(name);
  for (const { name, value, format } of set) values.set(name, { value, source: format ?? "text" });
  return { values, named: [...set.map(({ name }) => name), ...unset] };
}
