import type { UserId } from "../ids.ts";
import type { LoginType, Row } from "./tables.ts";

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
