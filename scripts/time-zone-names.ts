import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Writes the names of time zones that the provider knows: those of the IANA database, including links. */
export function timeZoneNames(): string {
  const { version, zones } = readDatabase();
  const areas = Map.groupBy(Object.keys(zones).sort(), (name) => name.slice(0, name.lastIndexOf("/") + 1));
  const lines = areas.entries().map(([area, names]) => `${area}:${names.map((name) => name.slice(area.length)).join(" ")}`);
  return [
    `// Written by \`npm run generate\` from version ${version} of the IANA time zone database.`,
    "",
    "/** Each line has the first part of names, a colon, and the possible rests. It is one text, because it is only parsed for a schedule. */",
    `export const TIME_ZONE_NAMES = \`${[...lines].join("\n")}\`;`,
    "",
  ].join("\n");
}

/** Reads the database. A zone is defined by its rules or, for a link, by the name of another zone. */
function readDatabase(): { readonly version: string; readonly zones: Readonly<Record<string, unknown>> } {
  return JSON.parse(readFileSync(fileURLToPath(import.meta.resolve("tzdata")), "utf8"));
}
