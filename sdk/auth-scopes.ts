/** The server's descriptions of scopes. Neither endpoint needs a credential. */
import { type Static, Type } from "typebox";

/** The scopes that an API token can have, sorted. */
export const ExternalAPIKeyScopes = Type.Object({
  external: Type.Array(Type.String()),
});
export type ExternalAPIKeyScopes = Static<typeof ExternalAPIKeyScopes>;

export const ScopeKind = Type.Enum(["special", "low_level", "wildcard", "composite"]);
export type ScopeKind = Static<typeof ScopeKind>;

/** An operation that needs one of a scope's permissions. */
export const ScopeEndpoint = Type.Object({
  method: Type.String(),
  path: Type.String(),
  summary: Type.String(),
  /** `type:action` of what the operation always needs besides this scope; empty if the scope is enough. */
  also_needs: Type.Array(Type.String()),
  /** What it needs besides this scope in some cases, such as `workspace:start, if transition is start`. */
  sometimes_needs: Type.Array(Type.String()),
});
export type ScopeEndpoint = Static<typeof ScopeEndpoint>;

export const ScopeCatalogEntry = Type.Object({
  name: Type.String(),
  kind: ScopeKind,
  /** One line of text for people. */
  description: Type.String(),
  /** `type:action`; `*` stands for every type or action. */
  permissions: Type.Array(Type.String()),
  /** For a composite scope: what it also allows on objects whose type does not occur in the token's allow list. */
  defaults: Type.Array(Type.String()),
  endpoints: Type.Array(ScopeEndpoint),
});
export type ScopeCatalogEntry = Static<typeof ScopeCatalogEntry>;

export const ScopeCatalog = Type.Object({
  scopes: Type.Array(ScopeCatalogEntry),
});
export type ScopeCatalog = Static<typeof ScopeCatalog>;
