/** Rows of what an import found out about its version, without decisions. */
import type { Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { TemplateVersionId } from "../ids.ts";

type Db = Kysely<Tables>;

/** As the template's author ordered them. */
export function findParameters(db: Db, id: TemplateVersionId): Promise<Row<"template_version_parameters">[]> {
  return db
    .selectFrom("template_version_parameters")
    .selectAll()
    .where("template_version_id", "=", id)
    .orderBy("display_order")
    .orderBy("name")
    .execute();
}

/** By name, with sealed values. */
export function findVariableRows(db: Db, id: TemplateVersionId): Promise<Row<"template_version_variables">[]> {
  return db.selectFrom("template_version_variables").selectAll().where("template_version_id", "=", id).orderBy("name").execute();
}

export type Preset = Row<"template_version_presets"> & {
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
};

/** By name, and so are their parameters. */
export async function findPresets(db: Db, id: TemplateVersionId): Promise<Preset[]> {
  const presets = await db
    .selectFrom("template_version_presets")
    .selectAll()
    .where("template_version_id", "=", id)
    .orderBy("name")
    .execute();
  const ids = presets.map((preset) => preset.id);
  if (ids.length === 0) return [];
  const parameters = await db
    .selectFrom("template_version_preset_parameters")
    .selectAll()
    .where("template_version_preset_id", "in", ids)
    .orderBy("name")
    .execute();
  const byPreset = Map.groupBy(parameters, (parameter) => parameter.template_version_preset_id);
  return presets.map((preset) => ({
    ...preset,
    parameters: (byPreset.get(preset.id) ?? []).map(({ name, value }) => ({ name, value })),
  }));
}
