import { organizationObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { InUseError, InvalidInputError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";
import { entryOf } from "./organization-entry.ts";
import { deleteOrganizationRows, holdsAny, lockedOrganization } from "./organization-rows.ts";

/**
 * Frees its name, and deletes its memberships and provisioner keys.
 *
 * @throws InvalidInputError for the default organization; InUseError while it has templates or workspaces
 */
export const deleteOrganization = ruled("organizations.delete", async (context: Context, id: OrganizationId): Promise<void> => {
  const { guard, write, now } = context;
  await write(async (tx) => {
    const before = await lockedOrganization(context, tx, id);
    guard.require("delete", organizationObject(id), "organization");
    if (before.is_default) throw new InvalidInputError("the default organization cannot be deleted");
    for (const table of ["workspaces", "templates"] as const)
      if (await holdsAny(tx.db, id, table)) throw new InUseError(`the organization still has ${table}: delete them first`);
    await deleteOrganizationRows(tx.db, id, now());
    await audit(context, tx, { ...entryOf(before), action: "delete", before });
  });
});
