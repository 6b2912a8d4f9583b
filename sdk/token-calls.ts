import type { APIKeyUsage, APIKeyUsageQuery } from "./api-key-usage.ts";
import type {
  APIKey,
  APIKeyWithOwner,
  CreateTokenRequest,
  EndKeyQuery,
  GenerateAPIKeyResponse,
  TokenConfig,
  TokensFilter,
  UpdateTokenRequest,
} from "./api-keys.ts";
import { type Connection, path, type RequestOptions } from "./connection.ts";

/** Session keys and API tokens: `client.tokens`. `user` is an id, a name, or `me`; a key's id is the part of its text before the dash. */
export class TokenCalls {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The only time that the token itself is told. 403 with the excess if another token asks for more than its boundary. */
  create(user: string, body: CreateTokenRequest, options?: RequestOptions): Promise<GenerateAPIKeyResponse> {
    return this.#connection.json("POST", path`/api/v2/users/${user}/keys/tokens`, { ...options, body });
  }

  list(user: string, options: RequestOptions & TokensFilter = {}): Promise<APIKeyWithOwner[]> {
    const { signal, ...query } = options;
    return this.#connection.json("GET", path`/api/v2/users/${user}/keys/tokens`, { signal, query });
  }

  byName(user: string, name: string, options?: RequestOptions): Promise<APIKey> {
    return this.#connection.json("GET", path`/api/v2/users/${user}/keys/tokens/${name}`, options);
  }

  /** What the body leaves out stays as it is; a boundary in it replaces the whole boundary. */
  update(user: string, name: string, body: UpdateTokenRequest, options?: RequestOptions): Promise<APIKey> {
    return this.#connection.json("PATCH", path`/api/v2/users/${user}/keys/tokens/${name}`, { ...options, body });
  }

  /** What it was used for in the last days, 30 unless told otherwise, and the least that would have been enough. */
  usage(user: string, name: string, options: RequestOptions & APIKeyUsageQuery = {}): Promise<APIKeyUsage> {
    const { signal, ...query } = options;
    return this.#connection.json("GET", path`/api/v2/users/${user}/keys/tokens/${name}/usage`, { signal, query });
  }

  /** How long a token of this user may live. */
  config(user: string, options?: RequestOptions): Promise<TokenConfig> {
    return this.#connection.json("GET", path`/api/v2/users/${user}/keys/tokens/tokenconfig`, options);
  }

  /** A session key beside the caller's own. 403 for a token: only a session opens sessions. */
  createSession(user: string, options?: RequestOptions): Promise<GenerateAPIKeyResponse> {
    return this.#connection.json("POST", path`/api/v2/users/${user}/keys`, options);
  }

  /** A session key or a token. */
  byId(user: string, id: string, options?: RequestOptions): Promise<APIKey> {
    return this.#connection.json("GET", path`/api/v2/users/${user}/keys/${id}`, options);
  }

  delete(user: string, id: string, options: RequestOptions & EndKeyQuery = {}): Promise<void> {
    const { signal, ...query } = options;
    return this.#connection.done("DELETE", path`/api/v2/users/${user}/keys/${id}`, { signal, query });
  }

  /** Opens nothing any more, and stays to be looked at. */
  expire(user: string, id: string, options: RequestOptions & EndKeyQuery = {}): Promise<void> {
    const { signal, ...query } = options;
    return this.#connection.done("PUT", path`/api/v2/users/${user}/keys/${id}/expire`, { signal, query });
  }
}
