import { ruled } from "../access/ruled.ts";
import type { Row } from "../database/tables.ts";
import type { TemplateVersionId } from "../ids.ts";
import { readableVersion } from "./readable-version.ts";
import { findParameters, findPresets, type Preset } from "./version-detail-rows.ts";
import { findVariables, type TemplateVersionVariable } from "./version-variables.ts";

/** As the template's author ordered them. */
export const listParameters = ruled(
  "templateVersions.parameters",
  async (context, id: TemplateVersionId): Promise<readonly Row<"template_version_parameters">[]> => {
    await readableVersion(context, id);
    return findParameters(context.db, id);
  },
);

/** By name. */
export const listVariables = ruled(
  "templateVersions.variables",
  async (context, id: TemplateVersionId): Promise<readonly TemplateVersionVariable[]> => {
    await readableVersion(context, id);
    return findVariables(context, context.db, id);
  },
);

/** By name. */
export const listPresets = ruled("templateVersions.presets", async (context, id: TemplateVersionId): Promise<readonly Preset[]> => {
  await readableVersion(context, id);
  return findPresets(context.db, id);
});
