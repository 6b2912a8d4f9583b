/** Rows of session keys and API tokens: for signing in, builds, and the queries that decide themselves. Nothing is decided here. */
import type { Kysely } from "kysely";
import { formatSecret, hashSecret, newKeyId } from "#credentials/secret.ts";
import type { ApiKey } from "../access/used-key-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import type { StoredBoundary, StoredCeiling } from "../database/tables/keys.ts";
import type { LoginType } from "../database/tables/people.ts";
import type { Tables } from "../database/tables.ts";
import { NameTakenError } from "../errors.ts";
import type { UserId } from "../ids.ts";

/** A key without the ceilings: up to 16 lists of 128 entries, which a list of many keys must not hold all at once. */
export type ListedKey = Omit<ApiKey, "ceilings">;

export const LISTED_KEY_COLUMNS = [
  "id",
  "user_id",
  "login_type",
  "token_name",
  "scopes",
  "allow_list",
  "lifetime_seconds",
  "ip_address",
  "description",
  "minted_by",
  "boundary",
  "last_used",
  "expires_at",
  "created_at",
  "updated_at",
] as const satisfies (keyof ListedKey)[];

export const API_KEY_COLUMNS = [...LISTED_KEY_COLUMNS, "ceilings"] as const satisfies (keyof ApiKey)[];

export interface NewApiKey {
  readonly userId: UserId;
  /** `token` for API tokens; for sessions, how the user logged in. */
  readonly loginType: LoginType;
  /** Names that the caller has checked; never empty. */
  readonly scopes: readonly string[];
  /** `type:id` entries that the caller has checked; never empty. */
  readonly allowList: readonly string[];
  readonly lifetimeSeconds: number;
  /** Default: now plus `lifetimeSeconds`, which is an integer. */
  readonly expiresAt?: Date;
  /** Unique among the user's tokens; empty for sessions. */
  readonly tokenName?: string;
  readonly ipAddress?: string;
  readonly description?: string;
  readonly boundary?: StoredBoundary | null;
  /** The key that created it; null for the server. */
  readonly mintedBy?: string | null;
  readonly ceilings?: readonly StoredCeiling[];
}

/** Also finds a key that has expired. */
export function findKey(db: Kysely<Tables>, id: string): Promise<ApiKey | undefined> {
  return db.selectFrom("api_keys").select(API_KEY_COLUMNS).where("id", "=", id).executeTakeFirst();
}

export interface KeyWithSecret {
  readonly key: ApiKey;
  /** `<id>-<secret>`: shown once and never stored. */
  readonly secret: string;
}

/**
 * A key that was never used has the Unix epoch as its last use, as the API requires.
 *
 * @throws NameTakenError for `name`
 */
export async function insertApiKey(core: Pick<Database, "now">, tx: Pick<Tx, "db">, key: NewApiKey): Promise<KeyWithSecret> {
  if (key.scopes.length === 0 || key.allowList.length === 0) throw new RangeError("an API key needs a scope and an allow list");
  const at = core.now();
  const id = newKeyId();
  const secret = formatSecret(key.loginType === "token" ? "token" : "session");
  const row = await tx.db
    .insertInto("api_keys")
    .values({
      id,
      hashed_secret: hashSecret(secret),
      user_id: key.userId,
      login_type: key.loginType,
      token_name: key.tokenName ?? "",
      scopes: key.scopes,
      allow_list: key.allowList,
      lifetime_seconds: key.lifetimeSeconds,
      ip_address: key.ipAddress ?? "",
      description: key.description ?? "",
      minted_by: key.mintedBy ?? null,
      boundary: key.boundary ?? null,
      ceilings: key.ceilings ?? [],
      last_used: new Date(0),
      expires_at: key.expiresAt ?? new Date(at.getTime() + key.lifetimeSeconds * 1_000),
      created_at: at,
      updated_at: at,
    })
    .returning(API_KEY_COLUMNS)
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      // The API calls the field `name`.
      if (error instanceof UniqueViolationError && error.constraint.includes("token_name"))
        throw new NameTakenError("token", "name", key.tokenName ?? "", { cause: error });
      throw error;
    });
  return { key: row, secret: `${id}-${secret}` };
}
