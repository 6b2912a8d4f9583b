import { sql } from "kysely";
import { apiKeyObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import { holdKeys } from "../keys/key-lineage.ts";
import { MANY_OBJECTS, type UsageBatch, type Use } from "./usage-recorder.ts";

/** What one scope of a key was used for. */
export interface ScopeUsage {
  /** `type:action` */
  readonly scope: string;
  readonly count: number;
  readonly firstUsed: Date;
  readonly lastUsed: Date;
  /** Latest first. An empty id stands for lists and creations, `*` for objects past the first {@link OBJECTS_TOLD_APART}. */
  readonly objects: readonly { readonly id: string; readonly count: number; readonly lastUsed: Date }[];
  /** The latest {@link ADDRESSES_KEPT}, latest first. */
  readonly addresses: readonly { readonly address: string; readonly count: number; readonly lastUsed: Date }[];
}

export interface ApiKeyUsage {
  /** By scope, in alphabetical order; what was not used since is left out. Counts are over the key's life. */
  of(keyId: string, since: Date): Promise<readonly ScopeUsage[]>;
}

/** A key and scope's objects that have a row of their own; what it is used for beyond them is counted together. */
const OBJECTS_TOLD_APART = 512;

const ADDRESSES_KEPT = 16;

export function createApiKeyUsage({ db, guard }: Context): ApiKeyUsage {
  return {
    of: async (keyId, since) => {
      const key = await db.selectFrom("api_keys").select(["id", "user_id"]).where("id", "=", keyId).executeTakeFirst();
      if (key === undefined) throw new NotFoundError("API key");
      guard.read(apiKeyObject({ id: key.id, userId: key.user_id }), "API key");
      const objects = await db
        .selectFrom("api_key_usage")
        .selectAll()
        .where("key_id", "=", keyId)
        .where("last_used", ">=", since)
        .orderBy("last_used", "desc")
        .orderBy("object_id")
        .execute();
      const addresses = await db
        .selectFrom("api_key_usage_addresses")
        .selectAll()
        .where("key_id", "=", keyId)
        .where("last_used", ">=", since)
        .orderBy("last_used", "desc")
        .orderBy("address")
        .execute();
      const addressesByScope = Map.groupBy(addresses, ({ scope }) => scope);
      return [...Map.groupBy(objects, ({ scope }) => scope)]
        .map(([scope, rows]) => scopeUsage(scope, rows, addressesByScope.get(scope) ?? []))
        .sort((a, b) => (a.scope < b.scope ? -1 : 1));
    },
  };
}

function scopeUsage(
  scope: string,
  objects: readonly Row<"api_key_usage">[],
  addresses: readonly Row<"api_key_usage_addresses">[],
): ScopeUsage {
  const times = (of: (row: Row<"api_key_usage">) => Date): number[] => objects.map((row) => of(row).getTime());
  return {
    scope,
    count: objects.reduce((sum, { count }) => sum + count, 0),
    firstUsed: new Date(Math.min(...times(({ first_used }) => first_used))),
    lastUsed: new Date(Math.max(...times(({ last_used }) => last_used))),
    objects: objects.map(({ object_id, count, last_used }) => ({ id: object_id, count, lastUsed: last_used })),
    addresses: addresses.map(({ address, count, last_used }) => ({ address, count, lastUsed: last_used })),
  };
}

/** Several servers may add at once. What was counted for a key that is gone by now is dropped. */
export async function addApiKeyUsage(core: Database, batch: UsageBatch): Promise<void> {
  await core.write(async (tx) => {
    // One lock instead of one a key: else two that come to the same keys in another order would wait for each other.
    await holdKeys(core, tx);
    const keys = await presentKeys(tx, [...new Set(batch.uses.map(({ keyId }) => keyId))]);
    const uses = await boundedUses(
      tx,
      batch.uses.filter(({ keyId }) => keys.has(keyId)),
    );
    const addresses = batch.addresses.filter(({ keyId }) => keys.has(keyId));
    const [min, max] = core.dialect === "postgres" ? [sql.raw("least"), sql.raw("greatest")] : [sql.raw("min"), sql.raw("max")];
    // In one order everywhere, so that two servers never wait for each other.
    for (const part of chunks(uses.toSorted(byText(({ keyId, scope, objectId }) => `${keyId} ${scope} ${objectId}`))))
      await tx.db
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
            first_used: sql`${min}(api_key_usage.first_used, excluded.first_used)`,
            last_used: sql`${max}(api_key_usage.last_used, excluded.last_used)`,
          }),
        )
        .execute();
    for (const part of chunks(addresses.toSorted(byText(({ keyId, scope, address }) => `${keyId} ${scope} ${address}`))))
      await tx.db
        .insertInto("api_key_usage_addresses")
        .values(part.map(({ keyId, scope, address, count, lastUsed }) => ({ key_id: keyId, scope, address, count, last_used: lastUsed })))
        .onConflict((conflict) =>
          conflict.columns(["key_id", "scope", "address"]).doUpdateSet({
            count: sql`api_key_usage_addresses.count + excluded.count`,
            last_used: sql`${max}(api_key_usage_addresses.last_used, excluded.last_used)`,
          }),
        )
        .execute();
    await forgetOldAddresses(tx, [...keys]);
  });
}

async function presentKeys({ db }: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const part of chunks(ids)) {
    const rows = await db.selectFrom("api_keys").select("id").where("id", "in", part).execute();
    for (const { id } of rows) found.add(id);
  }
  return found;
}

/** Where a key and scope have as many objects as may be told apart, new ones are counted as {@link MANY_OBJECTS}. */
async function boundedUses(tx: Tx, uses: readonly Use[]): Promise<readonly Use[]> {
  const bounded: Use[] = [];
  const counts = await rowCounts(tx, "api_key_usage", [...new Set(uses.map(({ keyId }) => keyId))]);
  for (const group of Map.groupBy(uses, ({ keyId, scope }) => `${keyId} ${scope}`).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { keyId, scope } = first;
    const stored = counts.get(`${keyId} ${scope}`) ?? 0;
    if (stored + group.length <= OBJECTS_TOLD_APART) {
      bounded.push(...group);
      continue;
    }
    const rows = await tx.db
      .selectFrom("api_key_usage")
      .select("object_id")
      .where("key_id", "=", keyId)
      .where("scope", "=", scope)
      .execute();
    const known = new Set([...rows.map(({ object_id }) => object_id), "", MANY_OBJECTS]);
    let free = OBJECTS_TOLD_APART - rows.length;
    let many: Use | undefined;
    for (const use of group) {
      if (use.objectId !== MANY_OBJECTS && (known.has(use.objectId) || free-- > 0)) bounded.push(use);
      else
        many = {
          ...use,
          objectId: MANY_OBJECTS,
          count: use.count + (many?.count ?? 0),
          firstUsed: many !== undefined && many.firstUsed < use.firstUsed ? many.firstUsed : use.firstUsed,
          lastUsed: many !== undefined && many.lastUsed > use.lastUsed ? many.lastUsed : use.lastUsed,
        };
    }
    if (many !== undefined) bounded.push(many);
  }
  return bounded;
}

async function forgetOldAddresses(tx: Tx, keyIds: readonly string[]): Promise<void> {
  for (const [keyAndScope, count] of await rowCounts(tx, "api_key_usage_addresses", keyIds)) {
    if (count <= ADDRESSES_KEPT) continue;
    const [keyId = "", scope = ""] = keyAndScope.split(" ");
    const latest = tx.db
      .selectFrom("api_key_usage_addresses")
      .select("address")
      .where("key_id", "=", keyId)
      .where("scope", "=", scope)
      .orderBy("last_used", "desc")
      .orderBy("address")
      .limit(ADDRESSES_KEPT);
    await tx.db
      .deleteFrom("api_key_usage_addresses")
      .where("key_id", "=", keyId)
      .where("scope", "=", scope)
      .where("address", "not in", latest)
      .execute();
  }
}

/** `<key id> <scope>` to how many rows there are. */
async function rowCounts(
  { db }: Tx,
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
