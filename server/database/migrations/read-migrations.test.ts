import { expect, test } from "vitest";
import { people } from "./0001-people.ts";
import { MIGRATIONS } from "./migrate.ts";
import { migrationFiles, migrationOf } from "./read-migrations.ts";

test("the files of the folder are the migrations, in the order of their numbers", () => {
  const files = ["migrate.ts", "0002-jobs.ts", "0001-people.ts", "0002-jobs.test.ts", "column-types.ts"];
  expect(migrationFiles(files)).toEqual([
    { file: "0001-people.ts", name: "people" },
    { file: "0002-jobs.ts", name: "jobs" },
  ]);
  expect(MIGRATIONS.slice(0, 3).map(({ name }) => name)).toEqual(["people", "jobs", "templates"]);
  expect(MIGRATIONS[0]).toBe(people);
});

for (const { what, files, error } of [
  { what: "a gap", files: ["0001-a.ts", "0003-b.ts"], error: "migration 0003-b.ts comes where number 0002 must be" },
  { what: "a number that two branches gave", files: ["0001-a.ts", "0002-b.ts", "0002-c.ts"], error: "0002-c.ts comes where number 0003" },
  { what: "a start at 0", files: ["0000-a.ts"], error: "0000-a.ts comes where number 0001" },
  { what: "a number of two digits", files: ["0001-a.ts", "02-b.ts"], error: "migration 02-b.ts has no place" },
  { what: "an underscore", files: ["0001_a.ts"], error: "name it like 0001-people.ts" },
  { what: "another kind of file", files: ["0001-a.sql"], error: "migration 0001-a.sql has no place" },
]) {
  test(`${what} among the files is an error`, () => expect(() => migrationFiles(files)).toThrow(error));
}

test("a file exports one migration, named like itself", () => {
  const migration = { name: "a", statements: () => [] };
  expect(migrationOf("0001-a.ts", "a", { migration })).toBe(migration);
  expect(() => migrationOf("0001-b.ts", "b", { migration })).toThrow('the migration in 0001-b.ts calls itself "a": name it "b"');
  for (const exported of [{}, { migration, more: migration }, { name: "a" }, { statements: { name: "a" } }])
    expect(() => migrationOf("0001-a.ts", "a", exported)).toThrow("0001-a.ts must export one migration and nothing else");
});
