import type { Generated } from "kysely";
import type { UserId } from "../../ids.ts";
import type { Hash } from "./column-values.ts";
import type { LoginType } from "./people.ts";

/** How far a key may hand on what it holds. A null field is the same as the key's own. */
export interface StoredBoundary {
  readonly scopes: readonly string[] | null;
  /** `type:id` entries. */
  readonly allow_list: readonly string[] | null;
  /** RFC 3339. */
  readonly expires_at: string | null;
}

/** A snapshot of what an ancestor of a key may hand on: the key must stay inside it, and does not outlive its `expires_at`. */
export interface StoredCeiling {
  /** The ancestor, which may have been deleted. */
  readonly key_id: string;
  readonly scopes: readonly string[];
  /** `type:id` entries. */
  readonly allow_list: readonly string[];
  /** RFC 3339. */
  readonly expires_at: string;
}

/** API keys: tokens and sessions. */
export interface KeysTables {
  api_keys: {
    /** The public half of `<id>-<secret>`: ten characters, not a UUID. */
    id: string;
    hashed_secret: Hash;
    user_id: UserId;
    login_type: LoginType;
    /** Empty for sessions. */
    token_name: Generated<string>;
    scopes: readonly string[];
    /** `type:id` entries. */
    allow_list: readonly string[];
    lifetime_seconds: number;
    ip_address: Generated<string>;
    description: Generated<string>;
    /** The nearest ancestor that still exists: a token, or the session at the root. Null: created by the server, or by an older program. */
    minted_by: string | null;
    /** Null: the key may hand on what it holds. */
    boundary: StoredBoundary | null;
    /** The nearest ancestor comes first. Empty for sessions, and for keys that a session minted. */
    ceilings: Generated<readonly StoredCeiling[]>;
    last_used: Date;
    expires_at: Date;
    created_at: Date;
    updated_at: Date;
  };
}
