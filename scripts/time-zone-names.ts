import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The names that the provider knows time zones by: those of the IANA database, links included. */
export function timeZoneNames(): string {
  const { version, zones } = readDatabase();
  const areas = Map.groupBy(Object.keys(zones).sort(), (name) => name.slice(0, name.lastIndexOf("/") + 1));
  const lines = areas.entries().map(([area, names]) => `${area}:${names.map((name) => name.slice(area.length)).join(" ")}`);
  return [
    `// Written by \`npm run generate\` from version ${version} of the IANA time zone database.`,
    "",
    "/** In each line what comes first in names, a colon, and what may follow it. One text, because nobody needs them before a schedule is checked. */",
    `export const TIME_ZONE_NAMES = \`${[...lines].join("\n")}\`;`,
    "",
  ].join("\n");
}

/** A zone is given by its rules, or for a link by the name of another zone. */
function readDatabase(): { readonly version: string; readonly zones: Readonly<Record<string, unknown>> } {
  return JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("tzdata")), "utf8"));
}
