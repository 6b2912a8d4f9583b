import type { MinimalUser, User as UserJson } from "#sdk/users.ts";
import type { User } from "../access/person-rows.ts";
import { slimRoleJson } from "../roles/json.ts";

export function userJson(user: User): UserJson {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    avatar_url: user.avatar_url,
    email: user.email,
    created_at: user.created_at.toISOString(),
    updated_at: user.updated_at.toISOString(),
    ...(user.last_seen_at !== null && { last_seen_at: user.last_seen_at.toISOString() }),
    status: user.status,
    login_type: user.login_type,
    organization_ids: [...user.organization_ids],
    roles: user.rbac_roles.map((name) => slimRoleJson(name)),
    has_ai_seat: false,
  };
}

const kept = new WeakMap<User, UserJson>();

/** For a record that authentication keeps, and hands to one request after the other. */
export function keptUserJson(user: User): UserJson {
  const known = kept.get(user);
  if (known !== undefined) return known;
  const made = userJson(user);
  kept.set(user, made);
  return made;
}

export function minimalUserJson(user: {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly avatarUrl: string;
}): MinimalUser {
  return { id: user.id, username: user.username, name: user.name, avatar_url: user.avatarUrl };
}
