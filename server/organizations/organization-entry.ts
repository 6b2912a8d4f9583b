import type { AuditEntry } from "../audit/audit.ts";
import type { Organization } from "./organization-rows.ts";

/** What every audit entry about an organization says. */
export function entryOf({
  id,
  name,
  icon,
}: Organization): Pick<AuditEntry, "resourceType" | "resourceId" | "target" | "organizationId" | "icon"> {
  return { resourceType: "organization", resourceId: id, target: name, organizationId: id, icon };
}
