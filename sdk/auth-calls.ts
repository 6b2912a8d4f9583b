import type { ExternalAPIKeyScopes, ScopeCatalog } from "./auth-scopes.ts";
import type { Connection, RequestOptions } from "./connection.ts";

/** What scopes there are, and what the caller may do: `client.auth`. */
export class AuthCalls {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The names of the scopes that a token can have, sorted. Needs no session. */
  scopes(options?: RequestOptions): Promise<ExternalAPIKeyScopes> {
    return this.#connection.json("GET", "/api/v2/auth/scopes", options);
  }

  /** The same with what each means, stands for and opens. Needs no session. */
  catalog(options?: RequestOptions): Promise<ScopeCatalog> {
    return this.#connection.json("GET", "/api/v2/auth/scopes/catalog", options);
  }
}
