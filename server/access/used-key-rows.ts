/** Rows of keys, as authentication reads and updates them. Everything else that is done with keys stands in ../keys. */
import type { Kysely } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import type { UserStatus } from "../database/tables/people.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";
import { type Person, type PersonRow, personOf, selectPeople } from "./person-rows.ts";

export type ApiKey = Omit<Row<"api_keys">, "hashed_secret">;

export interface KeyOfPerson extends Person {
  readonly key: ApiKey;
  readonly hashedSecret: Uint8Array;
}

/**
 * Reads a key, its user and the user's roles in one query: on PostgreSQL that is the only query of authentication.
 *
 * @throws SyntaxError if a stored list is not JSON
 */
export async function findKeyOfPerson(db: Kysely<Tables>, id: string): Promise<KeyOfPerson | undefined> {
  const rows = await selectPeople(db)
    .innerJoin("api_keys as key", "key.user_id", "owner.id")
    .selectAll("key")
    .where("key.id", "=", id)
    .execute();
  const [row] = rows;
  if (row === undefined) return undefined;
  const { hashed_secret, ...rest } = row;
  return { key: withoutPerson(rest), hashedSecret: hashed_secret, ...personOf(row, rows) };
}

/** Returns only the key's own columns. */
function withoutPerson(row: ApiKey & PersonRow): ApiKey {
  const {
    owner_id: _id,
    owner_email: _email,
    owner_username: _username,
    owner_name: _name,
    owner_avatar_url: _avatarUrl,
    owner_login_type: _loginType,
    owner_status: _status,
    owner_rbac_roles: _rbacRoles,
    owner_deleted: _deleted,
    owner_created_at: _createdAt,
    owner_updated_at: _updatedAt,
    owner_last_seen_at: _lastSeenAt,
    member_organization: _organization,
    member_default_roles: _defaultRoles,
    member_sharing: _sharing,
    member_roles: _roles,
    ...key
  } = row;
  return key;
}

/** Nobody else can change this user until the transaction ends. */
export async function lockUserOfKey({ dialect }: Pick<Database, "dialect">, { db }: Pick<Tx, "db">, id: UserId): Promise<void> {
  // SQLite runs only one writing transaction at a time anyway.
  if (dialect === "postgres") await db.selectFrom("users").select("id").where("id", "=", id).forNoKeyUpdate().execute();
}

/** What to write about a used key, and what its row must still contain for that. */
export interface KeyUpkeep {
  readonly at: Date;
  readonly ipAddress: string;
  /** When the session will end; undefined leaves the key's expiry unchanged. */
  readonly slidesTo: Date | undefined;
  /** Undefined: at any time. */
  readonly ifLastUsedBy: Date | undefined;
  /** Undefined: at any time in the future. */
  readonly ifEndsBy: Date | undefined;
}

/** @returns false if the key has ended, or its row has changed in the meantime */
export async function updateUsedKey({ db }: Pick<Tx, "db">, id: string, upkeep: KeyUpkeep): Promise<boolean> {
  const { at, ipAddress, slidesTo, ifLastUsedBy, ifEndsBy } = upkeep;
  const updated = await db
    .updateTable("api_keys")
    .set({ last_used: at, ip_address: ipAddress, updated_at: at, ...(slidesTo !== undefined && { expires_at: slidesTo }) })
    .where("id", "=", id)
    .where("expires_at", ">", at)
    .$if(ifLastUsedBy !== undefined, (q) => q.where("last_used", "<=", ifLastUsedBy ?? at))
    .$if(ifEndsBy !== undefined, (q) => q.where("expires_at", "<=", ifEndsBy ?? at))
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n;
}

/** Records that the user was seen, and wakes a dormant one; does nothing if the status has changed in the meantime. */
export async function updateSeenUser(
  { db }: Pick<Tx, "db">,
  { id, status, at }: { readonly id: UserId; readonly status: UserStatus; readonly at: Date },
): Promise<void> {
  await db
    .updateTable("users")
    .set({ last_seen_at: at, ...(status === "dormant" && { status: "active" as const }) })
    .where("id", "=", id)
    .where("status", "=", status)
    .execute();
}
