import type { AuditAction } from "#sdk/audit.ts";
import type { AuditEntry } from "../audit/audit.ts";
import type { Template } from "./template-rows.ts";

/** What the audit log says of a change of a template, without the change. */
export function templateEntry(template: Template, action: AuditAction): AuditEntry {
  const { id, name, icon, organization_id: organizationId } = template;
  return { action, resourceType: "template", resourceId: id, target: name, icon, organizationId };
}
