import type { Access } from "../access/access.ts";
import type { OrganizationId } from "../ids.ts";
import { findOwnOrganizationId, getOrganizationByReference } from "./read-organizations.ts";

/**
 * The organization that a path goes through. Whoever is in it needs no scope to say which one is meant.
 *
 * @param reference a UUID, a name, `default`, or the all-zero UUID
 */
export async function organizationInPath(access: Access, reference: string): Promise<OrganizationId> {
  return (await findOwnOrganizationId(access, reference)) ?? (await getOrganizationByReference(access, reference)).id;
}
