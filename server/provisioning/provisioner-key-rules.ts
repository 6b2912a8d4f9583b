import { type AuthzObject, provisionerDaemonObject } from "#authz/object.ts";
import type { AuditEntry } from "../audit/audit.ts";
import type { Row } from "../database/tables.ts";
import { FieldChecks } from "../input/names.ts";

/** @throws InvalidInputError if a provisioner key cannot have this name */
export function checkKeyName(name: string): void {
  new FieldChecks().provisionerKeyName("name", name).done();
}

/** Returns the object on which permissions for a key are checked: the daemons that use it. */
export function keyObject({
  id,
  organization_id,
}: Pick<Row<"provisioner_keys">, "id" | "organization_id">): AuthzObject<"provisioner_daemon"> {
  return provisionerDaemonObject({ id, organizationId: organization_id ?? "" });
}

/** Returns what all audit entries about a key have in common. */
export function aboutKey({ id, name, organization_id }: Row<"provisioner_keys">): Omit<AuditEntry, "action"> {
  return { resourceType: "provisioner_key", resourceId: id, target: name, organizationId: organization_id };
}
