import type { Organization } from "#sdk/organizations.ts";
import type { Columns } from "./print.ts";
import { formatTime } from "./token-columns.ts";

export const ORGANIZATION_COLUMNS: Columns<Organization> = {
  name: (row) => row.name,
  "display name": (row) => row.display_name,
  id: (row) => row.id,
  default: (row) => String(row.is_default),
  description: (row) => row.description,
  "created at": (row) => formatTime(row.created_at),
  "updated at": (row) => formatTime(row.updated_at),
};

export const ORGANIZATION_DEFAULTS = ["name", "display name", "id", "default"];
