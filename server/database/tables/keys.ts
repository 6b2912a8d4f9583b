import type { Generated } from "kysely";
import type { UserId } from "../../ids.ts";
import type { Hash } from "./column-values.ts";
import type { LoginType } from "./people.ts";

/** How far a key may hand on what it holds. What is null is as the key itself has it. */
export interface StoredBoundary {
  readonly scopes: readonly string[] | null;
  /** `type:id` entries. */
  readonly allow_list: readonly string[] | null;
  /** RFC 3339. */
  readonly expires_at: string | null;
}

/** What an ancestor of a key may hand on, as a snapshot: the key must stay inside, and outlives no `expires_at`. */
export interface StoredCeiling {
  /** The ancestor, which may be gone by now. */
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
    /** The nearest ancestor that is still there: a token, or the session at the root. Null: the server made it, or an older program. */
    minted_by: string | null;
    /** Null: what it may hand on is what it holds. */
    boundary: StoredBoundary | null;
    /** Nearest ancestor first. Empty for sessions, and for what a session minted. */
    ceilings: Generated<readonly StoredCeiling[]>;
    last_used: Date;
    expires_at: Date;
    created_at: Date;
    updated_at: Date;
  };
}
