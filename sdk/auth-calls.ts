import type { ExternalAPIKeyScopes, ScopeCatalog } from "./auth-scopes.ts";
import type { AuthorizationCheck, AuthorizationExplanation, AuthorizationRequest, AuthorizationResponse } from "./authcheck.ts";
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

  /** Whether the caller may do each of several things: answers by the names that the body gives the questions. */
  check(body: AuthorizationRequest, options?: RequestOptions): Promise<AuthorizationResponse> {
    return this.#connection.json("POST", "/api/v2/authcheck", { ...options, body });
  }

  /** Why the caller may or may not do one thing, and what its key may do at all. */
  explain(body: AuthorizationCheck, options?: RequestOptions): Promise<AuthorizationExplanation> {
    return this.#connection.json("POST", "/api/v2/authcheck/explain", { ...options, body });
  }
}
