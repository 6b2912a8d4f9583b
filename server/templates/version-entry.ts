import type { AuditAction } from "#sdk/audit.ts";
import type { AuditEntry } from "../audit/audit.ts";
import type { Row } from "../database/tables.ts";

/** What the audit log says of a change of a version, without the change. */
export function versionEntry(version: Row<"template_versions">, action: AuditAction): AuditEntry {
  const { id, name, organization_id: organizationId, template_id } = version;
  const additional = template_id === null ? {} : { template_id };
  return { action, resourceType: "template_version", resourceId: id, target: name, organizationId, additional };
}
