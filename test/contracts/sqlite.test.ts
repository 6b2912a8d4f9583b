import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { StoreUnavailableError } from "#server/errors.ts";
import { agentsContract } from "./agents-contract.ts";
import { auditContract } from "./audit-contract.ts";
import { authenticationContract } from "./authentication-contract.ts";
import { buildsContract } from "./builds-contract.ts";
import { databaseContract } from "./database-contract.ts";
import { newSqlite, type TestDatabase } from "./databases.ts";
import { decisionsContract } from "./decisions-contract.ts";
import { keysContract } from "./keys-contract.ts";
import { lateStatesContract } from "./late-states-contract.ts";
import { leasesContract } from "./leases-contract.ts";
import { listsContract } from "./lists-contract.ts";
import { membershipContract } from "./membership-contract.ts";
import { peopleContract } from "./people-contract.ts";
import { pushedStatesContract } from "./pushed-states-contract.ts";
import { queueContract } from "./queue-contract.ts";
import { revokedKeysContract } from "./revoked-keys-contract.ts";
import { stateBackendsContract } from "./state-backends-contract.ts";
import { statesContract } from "./states-contract.ts";
import { tablesContract } from "./tables-contract.ts";
import { turnsContract } from "./turns-contract.ts";
import { usageContract } from "./usage-contract.ts";
import { openWorld } from "./world.ts";

describe("the tables", () => tablesContract(newSqlite));
describe("people", () => peopleContract(newSqlite));
describe("membership", () => membershipContract(newSqlite));
describe("keys", () => keysContract(newSqlite));
describe("authentication", () => authenticationContract(newSqlite));
describe("usage", () => usageContract(newSqlite));
describe("builds", () => buildsContract(newSqlite));
describe("states", () => statesContract(newSqlite));
describe("late states", () => lateStatesContract(newSqlite));
describe("pushed states", () => pushedStatesContract(newSqlite));
describe("state backends", () => stateBackendsContract(newSqlite));
describe("the queue", () => queueContract(newSqlite));
describe("turns", () => turnsContract(newSqlite));
describe("leases", () => leasesContract(newSqlite));
describe("revoked keys", () => revokedKeysContract(newSqlite));
describe("agents", () => agentsContract(newSqlite));
describe("the audit log", () => auditContract(newSqlite));
describe("decisions", () => decisionsContract(newSqlite));
describe("lists", () => listsContract(newSqlite));
describe("the database", () => databaseContract(newSqlite));

function pathOf({ location }: TestDatabase): string {
  if (location.kind !== "sqlite") throw new Error("not SQLite");
  return location.path;
}

test("its files and their directory are for their owner only, even if the file was not", async () => {
  await using database = await newSqlite();
  const path = pathOf(database);
  await mkdir(dirname(path), { mode: 0o700 });
  await writeFile(path, "", { mode: 0o644 });
  await using store = await database.open();
  await store.system.setup.hasFirstUser();
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  for (const suffix of ["", "-wal", "-shm"]) expect((await stat(path + suffix)).mode & 0o777, suffix).toBe(0o600);
});

test("a commit is on disk before it is acknowledged", async () => {
  await using database = await newSqlite();
  await using store = await database.open();
  const { db } = store.system.core;
  expect((await sql<{ synchronous: number }>`pragma synchronous`.execute(db)).rows).toEqual([{ synchronous: 2 }]);
  expect((await sql<{ journal_mode: string }>`pragma journal_mode`.execute(db)).rows).toEqual([{ journal_mode: "wal" }]);
});

test("on a full disk a write fails as unavailable and leaves nothing, and reading goes on", async () => {
  const { store, owner } = await openWorld(newSqlite);
  const { core, files } = store.system;
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(core.db);
  await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + 4)}`.execute(core.db);
  const big = { createdBy: owner.id, mimetype: "x", data: Buffer.alloc(1 << 20) };
  const failed = await files.create(big).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(StoreUnavailableError);
  expect(failed).toMatchObject({ code: "store_unavailable", message: expect.stringContaining("the disk is full") });
  expect(await core.db.selectFrom("files").select("id").execute()).toEqual([]);
  await sql`pragma max_page_count = 1000000`.execute(core.db);
  expect(await files.create(big)).toMatchObject({ created: true });
});

test("a write says why it failed even where SQLite has ended the transaction itself, as it does when the disk is full", async () => {
  await using database = await newSqlite();
  await using store = await database.open();
  const { core } = store.system;
  await sql`create table doomed (id integer)`.execute(core.db);
  await sql`create trigger doom before insert on doomed begin select raise(rollback, 'the real reason'); end`.execute(core.db);
  await expect(core.write((tx) => sql`insert into doomed values (1)`.execute(tx.db))).rejects.toThrow("the real reason");
  await store.ping();
});

test("while another program holds the lock a write fails as unavailable, and goes through afterwards", async () => {
  const { store, owner, database } = await openWorld(newSqlite);
  const other = new Database(pathOf(database));
  other.exec("begin immediate");
  const file = { createdBy: owner.id, mimetype: "x", data: Buffer.from("x") };
  await expect(store.system.files.create(file)).rejects.toThrow("the database is unavailable: it is locked");
  other.exec("rollback");
  other.close();
  expect(await store.system.files.create(file)).toMatchObject({ created: true });
});
