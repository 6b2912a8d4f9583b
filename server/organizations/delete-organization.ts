import { organizationObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { InUseError, InvalidInputError } from "../errors.ts";
import type { OrganizationId } from "../ids.ts";
import { entryOf } from "./organization-entry.ts";
import { deleteOrganizationRows, holdsAny, lockedOrganization } from "./organization-rows.ts";

/** Ends what another feature keeps of an organization, in the transaction that deletes it. The organization is locked. */
export type OrganizationEnd = (context: Context, tx: Tx, id: OrganizationId) => Promise<void>;

/**
 * Deletes an organization with its memberships, so that its name is free again.
 *
 * @param ends of other features
 * @throws InvalidInputError for the default organization; InUseError while it has templates or workspaces
 */
export const deleteOrganization = ruled(
  "organizations.delete",
  async (context: Context, ends: readonly OrganizationEnd[], id: OrganizationId): Promise<void> => {
    const { guard, write, now } = context;
    await write(async (tx) => {
      const before = await lockedOrganization(context, tx, id);
      guard.require("delete", organizationObject(id), "organization");
      if (before.is_default) throw new InvalidInputError("the default organization cannot be deleted");
      for (const table of ["workspaces", "templates"] as const)
        if (await holdsAny(tx.db, id, table)) throw new InUseError(`the organization still has ${table}: delete them first`);
      for (const end of ends) await end(context, tx, id);
      await deleteOrganizationRows(tx.db, id, now());
      await audit(context, tx, { ...entryOf(before), action: "delete", before });
    });
  },
);
