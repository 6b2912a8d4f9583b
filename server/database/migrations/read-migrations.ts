import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Migration } from "./column-types.ts";

/**
 * The migrations of a folder, in order: its files `NNNN-name.ts`, numbered from 0001. The folder is the list, so that a migration is one new
 * file. Two branches that add one each get the same number, which is an error until one of them is renumbered.
 *
 * @throws Error when a number is missing or given twice, or a file does not export exactly one migration of its name
 */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = migrationFiles(readdirSync(folder));
  return Promise.all(
    files.map(async ({ file, name }) => {
      const exported: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(folder, file)).href);
      return migrationOf(file, name, exported);
    }),
  );
}

interface MigrationFile {
  readonly file: string;
  readonly name: string;
}

/** @param files all names in the folder; those that do not begin with a digit are something else, and so are tests */
export function migrationFiles(files: readonly string[]): MigrationFile[] {
  const numbered = files.filter((file) => /^\d/.test(file) && !file.endsWith(".test.ts")).toSorted();
  return numbered.map((file, index) => {
    const [, number, name] = /^(\d{4})-([a-z\d]+(?:-[a-z\d]+)*)\.ts$/.exec(file) ?? [];
    if (number === undefined || name === undefined) throw new Error(`migration ${file} has no place: name it like 0001-people.ts`);
    const expected = String(index + 1).padStart(4, "0");
    if (number !== expected)
      throw new Error(`migration ${file} comes where number ${expected} must be: number them without gaps or doubles`);
    return { file, name };
  });
}

export function migrationOf(file: string, name: string, exported: Readonly<Record<string, unknown>>): Migration {
  const [migration, ...others] = Object.values(exported);
  if (others.length > 0 || !isMigration(migration)) throw new Error(`${file} must export one migration and nothing else`);
  // The database keeps the name beside the number, for people: it has to lead them to the file.
  if (migration.name !== name) throw new Error(`the migration in ${file} calls itself "${migration.name}": name it "${name}"`);
  return migration;
}

function isMigration(value: unknown): value is Migration {
  if (typeof value !== "object" || value === null) return false;
  return "name" in value && typeof value.name === "string" && "statements" in value && typeof value.statements === "function";
}
