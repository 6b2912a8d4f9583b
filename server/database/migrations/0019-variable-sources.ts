import type { Migration } from "./column-types.ts";

/**
 * Where the value of a template's variable comes from. Of older rows nobody noted it, and the values are sealed, so no statement can compare them:
 * null, and whoever reads one takes a value that equals the default for the default.
 */
export const variableSources: Migration = {
  name: "variable-sources",
  statements: () => [
    "alter table template_version_variables add column value_source text check (value_source in ('default', 'text', 'json'))",
  ],
};
