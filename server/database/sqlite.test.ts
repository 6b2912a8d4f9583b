import { execFileSync } from "node:child_process";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openSqlite } from "./sqlite.ts";

async function open() {
  const directory = await mkdtempDisposable(join(tmpdir(), "proviso-sqlite-"));
  const path = join(directory.path, "a.db");
  const { db, stamp } = openSqlite(path, { watched: ["users", "api_keys"] });
  onTestFinished(async () => {
    await db.destroy();
    await directory[Symbol.asyncDispose]();
  });
  for (const table of ["users", "api_keys", "files", "api_key_usage"]) await sql`create table ${sql.table(table)} (n integer)`.execute(db);
  return { path, db, stamp };
}

/** Does what an administrator's script might do, in another process. */
function elsewhere(path: string, statement: string): void {
  const program = `new (require("better-sqlite3"))(process.argv[1]).exec(process.argv[2])`;
  execFileSync(process.execPath, ["-e", program, path, statement], { cwd: join(import.meta.dirname, "../..") });
}

test("the stamp moves with each write to a watched table, and with no other of this process", async () => {
  const { db, stamp } = await open();
  let before = stamp();
  expect(stamp()).toBe(before);
  for (const statement of [
    "insert into users values (1)",
    'update "users" set n = 2',
    "with a as (select 1) insert into api_keys select * from a returning n",
    "DELETE FROM API_KEYS",
    "drop table api_keys",
  ]) {
    await sql.raw(statement).execute(db);
    expect(stamp(), statement).not.toBe(before);
    before = stamp();
  }
  for (const statement of ["insert into files values (1)", "insert into api_key_usage values (1)", "select * from users"]) {
    await sql.raw(statement).execute(db);
    expect(stamp(), statement).toBe(before);
  }
});

test("the stamp moves with the statement, not with the commit, which no reader can come before", async () => {
  const { db, stamp } = await open();
  const before = stamp();
  await db.transaction().execute(async (trx) => {
    await sql`insert into users values (1)`.execute(trx);
    expect(stamp()).not.toBe(before);
  });
});

test("the stamp moves when another process has committed anything, as soon as it has", async () => {
  const { path, stamp } = await open();
  for (const statement of [
    "insert into users values (1)",
    "delete from users",
    "insert into files values (1)",
    "pragma wal_checkpoint(truncate)",
  ]) {
    const before = stamp();
    expect(stamp()).toBe(before);
    elsewhere(path, statement);
    // A checkpoint changes no row.
    if (!statement.startsWith("pragma")) expect(stamp(), statement).not.toBe(before);
    expect(stamp()).toBe(stamp());
  }
  const before = stamp();
  elsewhere(path, "update users set n = 1; insert into users values (2)");
  expect(stamp()).not.toBe(before);
});

test("the stamp moves with other processes' commits after the log was restarted, by us or by them", async () => {
  const { path, db, stamp } = await open();
  for (let round = 0; round < 5; round++) {
    await sql`pragma wal_checkpoint(restart)`.execute(db);
    const before = stamp();
    elsewhere(path, `insert into users values (${round}); pragma wal_checkpoint(restart)`);
    expect(stamp()).not.toBe(before);
    await sql`insert into files values (1)`.execute(db);
    const own = stamp();
    expect(stamp()).toBe(own);
  }
});
