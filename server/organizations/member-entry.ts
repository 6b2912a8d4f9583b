import type { AuditEntry } from "../audit/audit.ts";
import type { OrganizationMember } from "./member-rows.ts";

/** What every audit entry about a membership says. */
export function entryOf(member: OrganizationMember): Pick<AuditEntry, "resourceType" | "resourceId" | "target" | "organizationId"> {
  return {
    resourceType: "organization_member",
    resourceId: member.user_id,
    target: member.username,
    organizationId: member.organization_id,
  };
}
