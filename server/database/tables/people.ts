import type { Generated } from "kysely";
import type { UserAppearanceSettings } from "#sdk/users.ts";
import type { UserId } from "../../ids.ts";
import type { Sealed } from "./column-values.ts";

export type UserStatus = "active" | "dormant" | "suspended";
export type LoginType = "password" | "token" | "github" | "oidc" | "none";

/** Users, and what each has for itself. */
export interface PeopleTables {
  users: {
    id: UserId;
    email: string;
    username: string;
    name: Generated<string>;
    avatar_url: Generated<string>;
    /** The form of password.ts; empty if the user has no password. */
    hashed_password: string;
    login_type: LoginType;
    status: UserStatus;
    /** Site roles, without the implied `member`. */
    rbac_roles: readonly string[];
    deleted: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
    last_seen_at: Date | null;
  };
  user_appearances: { user_id: UserId; settings: UserAppearanceSettings; updated_at: Date };
  git_ssh_keys: { user_id: UserId; public_key: string; private_key: Sealed; created_at: Date; updated_at: Date };
}
