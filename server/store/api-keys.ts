import { apiKeyObject } from "#authz/object.ts";
import { formatSecret, hashSecret, newKeyId } from "#credentials/secret.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import type { UserId } from "../ids.ts";
import type { StoreContext, StoreCore, Tx } from "./context.ts";
import { UniqueViolationError } from "./failures.ts";
import type { LoginType, Row, Tables } from "./tables.ts";

export type ApiKey = Omit<Row<"api_keys">, "hashed_secret">;

export interface NewApiKey {
  readonly userId: UserId;
  /** `token` for API tokens; how the user logged in for sessions. */
  readonly loginType: LoginType;
  /** Names that the caller has checked; never empty. */
  readonly scopes: readonly string[];
  /** `type:id` entries that the caller has checked; never empty. */
  readonly allowList: readonly string[];
  readonly lifetimeSeconds: number;
  /** Unique among the user's tokens; empty for sessions. */
  readonly tokenName?: string;
  readonly ipAddress?: string;
}

export interface ApiKeys {
  /** `secret` is `<id>-<secret>`, which is shown once and never stored. @throws NameTakenError for `token_name` */
  create(key: NewApiKey): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  get(id: string): Promise<ApiKey>;
  getByName(userId: UserId, tokenName: string): Promise<ApiKey>;
  /** API tokens, not sessions, oldest first. Expired ones only when asked for. */
  listTokens(filter: { readonly userId?: UserId; readonly includeExpired?: boolean }): Promise<readonly ApiKey[]>;
  /** Ends it now and keeps the row. */
  expire(id: string): Promise<void>;
  delete(id: string): Promise<void>;
}

const API_KEY_COLUMNS = [
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
  "ceilings",
  "last_used",
  "expires_at",
  "created_at",
  "updated_at",
] as const satisfies (keyof Tables["api_keys"])[];

export function createApiKeys(context: StoreContext): ApiKeys {
  const { db, guard, write, now } = context;
  const select = () => db.selectFrom("api_keys").select(API_KEY_COLUMNS);
  const readable = (row: ApiKey | undefined): ApiKey => {
    if (row === undefined) throw new NotFoundError("API key");
    guard.read(objectOf(row), "API key");
    return row;
  };
  const find = async (id: string): Promise<ApiKey> => {
    const row = await select().where("id", "=", id).executeTakeFirst();
    if (row === undefined) throw new NotFoundError("API key");
    return row;
  };

  return {
    create: async (key) => {
      guard.requireOpenly("create", apiKeyObject({ userId: key.userId }));
      return write((tx) => insertApiKey(context, tx, key));
    },
    get: async (id) => readable(await find(id)),
    getByName: async (userId, tokenName) =>
      readable(
        tokenName === "" ? undefined : await select().where("user_id", "=", userId).where("token_name", "=", tokenName).executeTakeFirst(),
      ),
    listTokens: async ({ userId, includeExpired = false }) => {
      const rows = await select()
        .where("token_name", "<>", "")
        .$if(userId !== undefined, (q) => (userId === undefined ? q : q.where("user_id", "=", userId)))
        .$if(!includeExpired, (q) => q.where("expires_at", ">", now()))
        .orderBy("created_at")
        .execute();
      return rows.filter((row) => guard.allows("read", objectOf(row)));
    },
    expire: async (id) => {
      guard.require("update", objectOf(await find(id)), "API key");
      await db.updateTable("api_keys").set({ expires_at: now(), updated_at: now() }).where("id", "=", id).execute();
    },
    delete: async (id) => {
      guard.require("delete", objectOf(await find(id)), "API key");
      await db.deleteFrom("api_keys").where("id", "=", id).execute();
    },
  };
}

function objectOf(key: ApiKey) {
  return apiKeyObject({ id: key.id, userId: key.user_id });
}

/** Without a decision. Never-used keys were last used at the Unix epoch, as the API has it. */
export async function insertApiKey(core: StoreCore, tx: Tx, key: NewApiKey): Promise<{ key: ApiKey; secret: string }> {
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
      last_used: new Date(0),
      expires_at: new Date(at.getTime() + key.lifetimeSeconds * 1_000),
      created_at: at,
      updated_at: at,
    })
    .returning(API_KEY_COLUMNS)
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (error instanceof UniqueViolationError && error.constraint.includes("token_name"))
        throw new NameTakenError("token", "token_name", key.tokenName ?? "", { cause: error });
      throw error;
    });
  return { key: row, secret: `${id}-${secret}` };
}
