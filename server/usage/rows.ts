/** Rows of what keys are used for: a row for each scope and object, and one for each scope and address. */
import { type Kysely, sql } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";
import type { Use, UseFrom } from "./usage-recorder.ts";

type Writing = Pick<Tx, "db">;

/** Whose key it is. */
export async function findOwnerOfKey(db: Kysely<Tables>, keyId: string): Promise<UserId | undefined> {
  const key = await db.selectFrom("api_keys").select("user_id").where("id", "=", keyId).executeTakeFirst();
  return key?.user_id;
}

/** Latest first. */
export function usedObjects(db: Kysely<Tables>, keyId: string, since: Date): Promise<Row<"api_key_usage">[]> {
  return db
    .selectFrom("api_key_usage")
    .selectAll()
    .where("key_id", "=", keyId)
    .where("last_used", ">=", since)
    .orderBy("last_used", "desc")
    .orderBy("object_id")
    .execute();
}

/** Latest first. */
export function usedAddresses(db: Kysely<Tables>, keyId: string, since: Date): Promise<Row<"api_key_usage_addresses">[]> {
  return db
    .selectFrom("api_key_usage_addresses")
    .selectAll()
    .where("key_id", "=", keyId)
    .where("last_used", ">=", since)
    .orderBy("last_used", "desc")
    .orderBy("address")
    .execute();
}

/** Which of the keys are still there. */
export async function presentKeys({ db }: Writing, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const part of chunks(ids)) {
    const rows = await db.selectFrom("api_keys").select("id").where("id", "in", part).execute();
    for (const { id } of rows) found.add(id);
  }
  return found;
}

/** All that have a row of their own. */
export async function objectIdsOf({ db }: Writing, keyId: string, scope: string): Promise<string[]> {
  const rows = await db.selectFrom("api_key_usage").select("object_id").where("key_id", "=", keyId).where("scope", "=", scope).execute();
  return rows.map(({ object_id }) => object_id);
}

/** `<key id> <scope>` to how many rows there are. */
export async function rowCounts(
  { db }: Writing,
  table: keyof Pick<Tables, "api_key_usage" | "api_key_usage_addresses">,
  keyIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const part of chunks(keyIds)) {
    const rows = await db
      .selectFrom(table)
      .select(["key_id", "scope", (eb) => eb.fn.countAll<number>().as("rows")])
      .where("key_id", "in", part)
      .groupBy(["key_id", "scope"])
      .execute();
    for (const { key_id, scope, rows: count } of rows) counts.set(`${key_id} ${scope}`, count);
  }
  return counts;
}

/** In one order everywhere, so that two servers never wait for each other. */
export async function addUses({ dialect }: Pick<Database, "dialect">, { db }: Writing, uses: readonly Use[]): Promise<void> {
  const { least, greatest } = extremes(dialect);
  for (const part of chunks(uses.toSorted(byText(({ keyId, scope, objectId }) => `${keyId} ${scope} ${objectId}`))))
    await db
      .insertInto("api_key_usage")
      .values(
        part.map(({ keyId, scope, objectId, count, firstUsed, lastUsed }) => ({
          key_id: keyId,
          scope,
          object_id: objectId,
          count,
          first_used: firstUsed,
          last_used: lastUsed,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(["key_id", "scope", "object_id"]).doUpdateSet({
          count: sql`api_key_usage.count + excluded.count`,
          first_used: sql`${least}(api_key_usage.first_used, excluded.first_used)`,
          last_used: sql`${greatest}(api_key_usage.last_used, excluded.last_used)`,
        }),
      )
      .execute();
}

/** In one order everywhere, as {@link addUses}. */
export async function addAddresses({ dialect }: Pick<Database, "dialect">, { db }: Writing, addresses: readonly UseFrom[]): Promise<void> {
  const { greatest } = extremes(dialect);
  for (const part of chunks(addresses.toSorted(byText(({ keyId, scope, address }) => `${keyId} ${scope} ${address}`))))
    await db
      .insertInto("api_key_usage_addresses")
      .values(part.map(({ keyId, scope, address, count, lastUsed }) => ({ key_id: keyId, scope, address, count, last_used: lastUsed })))
      .onConflict((conflict) =>
        conflict.columns(["key_id", "scope", "address"]).doUpdateSet({
          count: sql`api_key_usage_addresses.count + excluded.count`,
          last_used: sql`${greatest}(api_key_usage_addresses.last_used, excluded.last_used)`,
        }),
      )
      .execute();
}

/** Keeps the latest of a key's scope. */
export async function deleteOldAddresses({ db }: Writing, keyId: string, scope: string, kept: number): Promise<void> {
  const latest = db
    .selectFrom("api_key_usage_addresses")
    .select("address")
    .where("key_id", "=", keyId)
    .where("scope", "=", scope)
    .orderBy("last_used", "desc")
    .orderBy("address")
    .limit(kept);
  await db
    .deleteFrom("api_key_usage_addresses")
    .where("key_id", "=", keyId)
    .where("scope", "=", scope)
    .where("address", "not in", latest)
    .execute();
}

function extremes(dialect: Database["dialect"]) {
  return dialect === "postgres"
    ? { least: sql.raw("least"), greatest: sql.raw("greatest") }
    : { least: sql.raw("min"), greatest: sql.raw("max") };
}

/** Rows to a statement: far below what either database takes in values. */
const CHUNK = 1_000;

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK);
}

function byText<T>(textOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [textOf(a), textOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}
