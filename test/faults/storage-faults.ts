/** Disks that are full, and databases that are locked or gone. */
import { setTimeout as sleep } from "node:timers/promises";
import BetterSqlite3 from "better-sqlite3";
import pg from "pg";
import type { Disk } from "./disks.ts";
import type { Fault, Strike } from "./strike.ts";

export const fillJobs: Fault = async (strike) => fill(strike, strike.world.disks.jobs);

export const fillData: Fault = async (strike) => fill(strike, strike.world.disks.data);

/** Terraform cannot write its state to a full disk either. */
async function fill({ chance, note, mayLoseWhatIsInHand }: Strike, disks: readonly Disk[]): Promise<void> {
  mayLoseWhatIsInHand("full disk");
  const fullMs = chance.between(300, 3_000);
  note(`for ${fullMs.toFixed(0)} ms`);
  for (const disk of disks) await disk.fill();
  try {
    await sleep(fullMs);
  } finally {
    for (const disk of disks) await disk.empty();
  }
}

/** Somebody else holds the database: a backup, an administrator with a forgotten transaction. */
export const lockDatabase: Fault = async ({ world, chance, note }) => {
  const lockedMs = chance.pick([chance.between(500, 2_000), chance.between(2_000, world.leaseMs + 3_000)]);
  note(`for ${lockedMs.toFixed(0)} ms`);
  if (world.cluster === undefined) await lockSqlite(world.sqliteFile, lockedMs);
  else await lockPostgres(world.cluster.url, lockedMs);
};

async function lockSqlite(file: string, lockedMs: number): Promise<void> {
  const database = new BetterSqlite3(file, { timeout: 0 });
  try {
    // The server's own transactions are short: one of these tries comes between them.
    while (!begins(database)) await sleep(3);
    await sleep(lockedMs);
    database.exec("rollback");
  } finally {
    database.close();
  }
}

function begins(database: BetterSqlite3.Database): boolean {
  try {
    database.exec("begin exclusive");
    return true;
  } catch (error) {
    if (error instanceof BetterSqlite3.SqliteError && error.code.startsWith("SQLITE_BUSY")) return false;
    throw error;
  }
}

async function lockPostgres(url: string, lockedMs: number): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query("begin");
    await client.query("lock table provisioner_jobs, workspace_builds in access exclusive mode");
    await sleep(lockedMs);
    await client.query("rollback");
  } finally {
    await client.end();
  }
}

/** PostgreSQL is killed, or restarted by an administrator. The server has to live through it. */
export const databaseGone: Fault = async ({ world, chance, note, didNotEnd }) => {
  const { cluster } = world;
  if (cluster === undefined) throw new Error("this world has no PostgreSQL");
  const isKilled = chance.happens(0.5);
  const awayMs = chance.pick([0, chance.between(200, 3_000), world.leaseMs + 2_000]);
  note(`${isKilled ? "killed" : "stopped"}, away for ${awayMs.toFixed(0)} ms`);
  await (isKilled ? cluster.kill() : cluster.stop());
  await sleep(awayMs);
  await cluster.start();
  if (!world.server.isRunning) didNotEnd("the server ended when its database was away, and");
};
