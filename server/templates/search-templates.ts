import type { Template } from "#sdk/templates.ts";
import { parseSearch, searchBoolean } from "../input/search.ts";

const KEYS = ["display_name", "name", "exact_name", "organization", "deprecated"] as const;

/** Parses a query of the template list. Bare words are part of the display name, or of the name if there is none. */
export function parseTemplateSearch(query: string): { matches(template: Template): boolean } {
  const { display_name: title, name, exact_name: exactName, organization, deprecated } = parseSearch(query, "display_name", KEYS);
  const isDeprecated = deprecated === undefined ? undefined : searchBoolean("deprecated", deprecated);
  return {
    matches: (template) =>
      (title === undefined || (template.display_name || template.name).toLowerCase().includes(title)) &&
      (name === undefined || template.name.toLowerCase().includes(name)) &&
      (exactName === undefined || template.name.toLowerCase() === exactName) &&
      (organization === undefined || [template.organization_id, template.organization_name.toLowerCase()].includes(organization)) &&
      (isDeprecated === undefined || template.deprecated === isDeprecated),
  };
}
