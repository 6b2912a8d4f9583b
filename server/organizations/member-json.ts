import type { OrganizationMember as MemberJson, OrganizationMemberWithUserData } from "#sdk/organizations.ts";
import { slimRoleJson } from "../roles/json.ts";
import type { OrganizationMember } from "./member-rows.ts";

export function memberJson(member: OrganizationMember): MemberJson {
  return {
    user_id: member.user_id,
    organization_id: member.organization_id,
    created_at: member.created_at.toISOString(),
    updated_at: member.updated_at.toISOString(),
    roles: member.roles.map((name) => slimRoleJson(name, member.organization_id)),
  };
}

export function memberWithUserJson(member: OrganizationMember): OrganizationMemberWithUserData {
  return {
    ...memberJson(member),
    username: member.username,
    name: member.name,
    avatar_url: member.avatar_url,
    email: member.email,
    status: member.status,
    login_type: member.login_type,
    ...(member.last_seen_at !== null && { last_seen_at: member.last_seen_at.toISOString() }),
    user_created_at: member.user_created_at.toISOString(),
    user_updated_at: member.user_updated_at.toISOString(),
    global_roles: member.global_roles.map((name) => slimRoleJson(name)),
    has_ai_seat: false,
  };
}
