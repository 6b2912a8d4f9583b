import type { Kysely } from "kysely";
import { apiKeyObject } from "#authz/object.ts";
import type { AuditAction } from "#sdk/audit.ts";
import type { Context } from "../access/context.ts";
import type { ApiKey } from "../access/key-rows.ts";
import { endOfKey } from "../access/key-subject.ts";
import { permitted } from "../access/permitted-rows.ts";
import { auditRefusal } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import type { LoginType, Tables } from "../database/tables.ts";
import { BeyondGrantError, CredentialEndedError, ForbiddenError, NameTakenError, NotFoundError } from "../errors.ts";
import { NIL_UUID, type UserId } from "../ids.ts";
import { boundaryOf, isToken } from "../keys/grants.ts";
import { lockedKey, updateKeyRow } from "../keys/key-change-rows.ts";
import { auditKeyChange } from "../keys/key-entries.ts";
import { endKey, lockKeys, renewCeilings } from "../keys/key-lineage.ts";
import { API_KEY_COLUMNS, findKey, insertApiKey, LISTED_KEY_COLUMNS, type ListedKey } from "../keys/key-rows.ts";
import type { TokenLifetimes } from "./lifetimes.ts";
import { type KeyUser, mintSession, mintToken } from "./mint-rules.ts";
import { patchToken } from "./patch-rules.ts";
import { randomTokenNames } from "./random-name.ts";
import type { TokenPatch, TokenWish } from "./token-request.ts";

export interface MintedKey {
  readonly key: ApiKey;
  /** `<id>-<secret>`: shown once and never stored. */
  readonly secret: string;
}

export interface MintOptions {
  readonly lifetimes: TokenLifetimes;
}

/**
 * Keys are minted by the key that the subject showed, whose row decides what they may be given. A refused one is written down.
 * All of `mint`, `mintSession` and `update` throw CredentialEndedError when that key ended in the meantime.
 */
export interface ApiKeys {
  /** @throws BeyondGrantError, InvalidInputError for times, NameTakenError */
  mint(userId: UserId, wish: TokenWish, options: MintOptions): Promise<MintedKey>;
  /** A key as after a login. @throws BeyondGrantError unless a session asks */
  mintSession(userId: UserId, options: MintOptions): Promise<MintedKey>;
  /** Its descendants are narrowed with it. @throws BeyondGrantError, InvalidInputError for an expired token and for times */
  update(userId: UserId, tokenName: string, patch: TokenPatch, options: MintOptions): Promise<ApiKey>;
  get(id: string, options?: KeyOptions): Promise<ApiKey>;
  getByName(userId: UserId, tokenName: string): Promise<ApiKey>;
  /** API tokens, not sessions, oldest first. Expired ones only when asked for. */
  listTokens(filter: {
    readonly userId?: UserId;
    readonly includeExpired?: boolean;
  }): Promise<readonly (ListedKey & { readonly username: string })[]>;
  /** Ends it now and keeps the row. @param options.cascade whether the keys that it minted end too; default: those of tokens */
  expire(id: string, options?: EndOptions): Promise<void>;
  /** @param options.cascade as in `expire`; children that stay become its parent's */
  delete(id: string, options?: EndOptions): Promise<void>;
}

export interface KeyOptions {
  /** A key of another user is as missing as none. */
  readonly userId?: UserId;
}

export interface EndOptions extends KeyOptions {
  readonly cascade?: boolean | undefined;
}

export function createApiKeys(context: Context): ApiKeys {
  const { db, guard, write, now } = context;
  const readable = (row: ApiKey | undefined): ApiKey => {
    if (row === undefined) throw new NotFoundError("API key");
    guard.read(objectOf(row), "API key");
    return row;
  };

  const end = (id: string, action: "update" | "delete", how: "expire" | "delete", { userId, cascade }: EndOptions = {}): Promise<void> =>
    write(async (tx) => {
      await lockKeys(context, tx);
      const key = await lockedKey(context, tx, id);
      if (key === undefined || !isOf(key, userId)) throw new NotFoundError("API key");
      guard.require(action, objectOf(key), "API key");
      const changes = await endKey(context, tx, key, { how, cascade: cascade ?? isToken(key) });
      for (const change of changes)
        await auditKeyChange(context, tx, how === "delete" ? "delete" : "write", change, {
          ...(how === "expire" && { expired: true }),
          ...(change.before.id !== id && { ended_with: id }),
        });
    });

  return {
    mint: (userId, wish, { lifetimes }) =>
      refusalAudited(context, "create", { target: wish.name ?? "", userId, asked: describeWish(wish) }, async () => {
        guard.requireOpenly("create", apiKeyObject({ userId }));
        return write(async (tx) => {
          const { caller, user } = await openChange(context, tx, userId);
          const at = now();
          const minted = mintToken(caller, wish, user, { lifetimes, now: at });
          const tokenName = await freeName(tx, userId, wish.name);
          const made = await insertApiKey(context, tx, {
            userId,
            loginType: "token",
            scopes: wish.scopes,
            allowList: wish.allowList,
            lifetimeSeconds: Math.floor((minted.expiresAt.getTime() - at.getTime()) / 1_000),
            expiresAt: minted.expiresAt,
            tokenName,
            description: wish.description,
            boundary: wish.boundary ?? null,
            mintedBy: caller.id,
            ceilings: minted.ceilings,
          });
          await auditKeyChange(context, tx, "create", made.key, { ...(minted.usedBoundary && { boundary_used: boundaryFields(caller) }) });
          return made;
        });
      }),
    mintSession: (userId, { lifetimes }) =>
      refusalAudited(context, "create", { target: "", userId, asked: { session: true } }, async () => {
        guard.requireOpenly("create", apiKeyObject({ userId }));
        return write(async (tx) => {
          const { caller, user } = await openChange(context, tx, userId);
          const { lifetimeMs } = mintSession(caller, user, { lifetimes, now: now() });
          const made = await insertApiKey(context, tx, {
            userId,
            loginType: user.loginType,
            scopes: ["coder:all"],
            allowList: ["*:*"],
            lifetimeSeconds: Math.floor(lifetimeMs / 1_000),
            ipAddress: guard.subject.origin?.ipAddress ?? "",
            mintedBy: caller.id,
          });
          await auditKeyChange(context, tx, "create", made.key, { session: true });
          return made;
        });
      }),
    update: (userId, tokenName, patch, { lifetimes }) =>
      refusalAudited(context, "write", { target: tokenName, userId, asked: describePatch(patch) }, () =>
        write(async (tx) => {
          await lockKeys(context, tx);
          const found = tokenName === "" ? undefined : await selectNamed(tx.db, userId, tokenName).executeTakeFirst();
          if (found === undefined) throw new NotFoundError("API key");
          guard.require("update", objectOf(found), "API key");
          const { caller, callerRoles, user } = await openChange(context, tx, userId);
          const token = await lockedKey(context, tx, found.id);
          if (token === undefined) throw new NotFoundError("API key");
          const at = now();
          const patched = patchToken({ caller, callerRoles, token, patch, user }, { lifetimes, now: at });
          const set = {
            ...patched,
            ...(patch.description !== undefined && { description: patch.description }),
            ...(patch.lifetimeMs !== undefined && { lifetime_seconds: Math.floor(patch.lifetimeMs / 1_000) }),
            updated_at: at,
          };
          await updateKeyRow(tx, token.id, set);
          const after = { ...token, ...set };
          const renewed = await renewCeilings(context, tx, after);
          await auditKeyChange(
            context,
            tx,
            "write",
            { before: token, after },
            { ...(patch.boundary !== undefined && { boundary_set: true }) },
          );
          for (const change of renewed) await auditKeyChange(context, tx, "write", change, { narrowed_with: token.id });
          return after;
        }),
      ),
    get: async (id, { userId } = {}) => {
      const key = await findKey(db, id);
      return readable(isOf(key, userId) ? key : undefined);
    },
    getByName: async (userId, tokenName) =>
      readable(tokenName === "" ? undefined : await selectNamed(db, userId, tokenName).executeTakeFirst()),
    listTokens: ({ userId, includeExpired = false }) =>
      db
        .selectFrom("api_keys")
        .innerJoin("users", "users.id", "api_keys.user_id")
        .select(LISTED_KEY_COLUMNS.map((column) => `api_keys.${column}` as const))
        .select("users.username")
        .where("api_keys.token_name", "<>", "")
        .where(permitted(context, "read", "api_key", { id: { text: "api_keys.id" }, ownerId: "api_keys.user_id" }))
        .$if(userId !== undefined, (q) => (userId === undefined ? q : q.where("api_keys.user_id", "=", userId)))
        .$if(!includeExpired, (q) => q.where("api_keys.expires_at", ">", now()))
        .orderBy("api_keys.created_at")
        .orderBy("api_keys.id")
        .execute(),
    expire: (id, options) => end(id, "update", "expire", options),
    delete: (id, options) => end(id, "delete", "delete", options),
  };
}

function isOf(key: ApiKey | undefined, userId: UserId | undefined): boolean {
  return userId === undefined || key?.user_id === userId;
}

function objectOf(key: ApiKey) {
  return apiKeyObject({ id: key.id, userId: key.user_id });
}

interface Change {
  /** The key of the request, locked. */
  readonly caller: ApiKey;
  /** Site roles of its user. */
  readonly callerRoles: readonly string[];
  /** Of the key that is made or changed. */
  readonly user: KeyUser & { readonly loginType: LoginType };
}

/** Who was authenticated a moment ago may be nobody now: its key is read again, under the lock of all changes of keys. */
async function openChange(context: Context, tx: Tx, userId: UserId): Promise<Change> {
  const { guard, now } = context;
  if (guard.subject.kind !== "user") throw new TypeError("only a key of a user mints and changes keys");
  await lockKeys(context, tx);
  const caller = await lockedKey(context, tx, guard.subject.credential.id);
  if (caller === undefined || caller.user_id !== guard.subject.id || endOfKey(caller) <= now().getTime()) throw new CredentialEndedError();
  const users = await tx.db
    .selectFrom("users")
    .select(["id", "login_type", "rbac_roles", "status"])
    .where("id", "in", [userId, caller.user_id])
    .where("deleted", "=", false)
    .execute();
  const [user, maker] = [userId, caller.user_id].map((id) => users.find((one) => one.id === id));
  if (maker === undefined || maker.status === "suspended") throw new CredentialEndedError();
  if (user === undefined) throw new NotFoundError("user");
  return { caller, callerRoles: maker.rbac_roles, user: { id: user.id, siteRoles: user.rbac_roles, loginType: user.login_type } };
}

/** Asked before the row is inserted: in PostgreSQL a refused insert would end the transaction. The lock keeps others from taking it. */
async function freeName({ db }: Tx, userId: UserId, wished: string | undefined): Promise<string> {
  const isTaken = async (name: string): Promise<boolean> => (await selectNamed(db, userId, name).executeTakeFirst()) !== undefined;
  if (wished === undefined) {
    for (const name of randomTokenNames(Math.random)) if (!(await isTaken(name))) return name;
  } else if (!(await isTaken(wished))) return wished;
  throw new NameTakenError("token", "name", wished ?? "");
}

function selectNamed(db: Kysely<Tables>, userId: UserId, tokenName: string) {
  return db.selectFrom("api_keys").select(API_KEY_COLUMNS).where("user_id", "=", userId).where("token_name", "=", tokenName);
}

interface Asked {
  readonly target: string;
  readonly userId: UserId;
  readonly asked: Readonly<Record<string, unknown>>;
}

/** What was refused rolls its transaction back, and is written down in one of its own. */
async function refusalAudited<T>(context: Context, action: AuditAction, asked: Asked, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BeyondGrantError || error instanceof ForbiddenError)
      await auditRefusal(context, {
        action,
        resourceType: "api_key",
        resourceId: NIL_UUID,
        target: asked.target,
        status: 403,
        additional: { user_id: asked.userId, asked: asked.asked, reason: error.message },
      });
    throw error;
  }
}

function describeWish({ scopes, allowList, lifetimeMs, boundary }: TokenWish): Readonly<Record<string, unknown>> {
  return { scopes, allow_list: allowList, lifetime_ms: lifetimeMs, boundary };
}

function describePatch({ scopes, allowList, lifetimeMs, boundary }: TokenPatch): Readonly<Record<string, unknown>> {
  return { scopes, allow_list: allowList, lifetime_ms: lifetimeMs, boundary };
}

function boundaryFields(key: ApiKey): Readonly<Record<string, unknown>> {
  const { scopes, allowList, expiresAt } = boundaryOf(key);
  return { scopes, allow_list: allowList, expires_at: new Date(expiresAt).toISOString() };
}
