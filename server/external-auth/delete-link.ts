import { userObject } from "#authz/object.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import type { UserId } from "../ids.ts";
import { linkEntry } from "./links.ts";
import { deleteLinkRow } from "./rows.ts";

/** A link that does not exist is not an error. */
export const deleteLink = ruled("externalAuthLinks.delete", async (context, userId: UserId, providerId: string): Promise<void> => {
  context.guard.require("update_personal", userObject(userId), "user");
  await context.write(async (tx) => {
    const before = await deleteLinkRow(tx.db, userId, providerId);
    if (before !== undefined) await audit(context, tx, { ...linkEntry(before), action: "delete", before });
  });
});
