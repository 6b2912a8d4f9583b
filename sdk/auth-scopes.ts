/** Scopes as the server describes them. Both answers need no credential. */
import { type Static, Type } from "typebox";

/** What an API token can ask for, sorted. */
export const ExternalAPIKeyScopes = Type.Object({
  external: Type.Array(Type.String()),
});
export type ExternalAPIKeyScopes = Static<typeof ExternalAPIKeyScopes>;

export const ScopeKind = Type.Enum(["special", "low_level", "wildcard", "composite"]);
export type ScopeKind = Static<typeof ScopeKind>;

/** An operation that asks for something that a scope allows. */
export const ScopeEndpoint = Type.Object({
  method: Type.String(),
  path: Type.String(),
  summary: Type.String(),
  /** `type:action` of what the operation always needs beside this scope: empty when the scope is enough. */
  also_needs: Type.Array(Type.String()),
  /** What it needs beside this scope in some cases: `workspace:start, if transition is start`. */
  sometimes_needs: Type.Array(Type.String()),
});
export type ScopeEndpoint = Static<typeof ScopeEndpoint>;

export const ScopeCatalogEntry = Type.Object({
  name: Type.String(),
  kind: ScopeKind,
  /** One line for people. */
  description: Type.String(),
  /** `type:action`; `*` stands for every type or action. */
  permissions: Type.Array(Type.String()),
  /** Of a composite: what it also allows on objects of types that the token's allow list does not mention at all. */
  defaults: Type.Array(Type.String()),
  endpoints: Type.Array(ScopeEndpoint),
});
export type ScopeCatalogEntry = Static<typeof ScopeCatalogEntry>;

export const ScopeCatalog = Type.Object({
  scopes: Type.Array(ScopeCatalogEntry),
});
export type ScopeCatalog = Static<typeof ScopeCatalog>;
