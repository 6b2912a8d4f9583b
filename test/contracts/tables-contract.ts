import { describe, expect, test } from "vitest";
import type { NewDatabase } from "./databases.ts";
import { differences } from "./tables/compare-tables.ts";
import { declaredTables, readTableSources } from "./tables/declared-tables.ts";
import { DOCTORED, doctor } from "./tables/doctored.ts";
import { storedTables } from "./tables/stored-tables.ts";

/** The compiler believes what server/database/tables/ says, and every query with it: so it has to be what the migrations make. */
export function tablesContract(newDatabase: NewDatabase): void {
  const read = async () => {
    await using database = await newDatabase();
    await using store = await database.open();
    const { core } = store.system;
    return { dialect: core.dialect, stored: await storedTables(core) };
  };
  // Nothing below writes, so one database does for all.
  let reading: ReturnType<typeof read> | undefined;
  const migrated = () => {
    reading ??= read();
    return reading;
  };

  test("every table and column is declared as the database has it, and no other", async () => {
    const { stored } = await migrated();
    expect(stored.size).toBeGreaterThan(40);
    expect(differences(await declaredTables(readTableSources()), stored)).toEqual([]);
  });

  describe("the comparison finds", () => {
    for (const doctored of DOCTORED) {
      test(doctored.what, async () => {
        const { stored, dialect } = await migrated();
        const finding = typeof doctored.finding === "string" ? doctored.finding : doctored.finding[dialect];
        const found = differences(await declaredTables(doctor(doctored)), stored);
        expect(found).toEqual(finding === undefined ? [] : [finding]);
      });
    }
  });
}
