import { userObject } from "#authz/object.ts";
import { ruled } from "../access/ruled.ts";
import { audit } from "../audit/audit.ts";
import { holdUser } from "../database/locks.ts";
import { linkEntry, type NewLink, sealLink } from "./links.ts";
import { findLinkRow, putLinkRow } from "./rows.ts";

/** Makes or replaces the link of a user to a provider. */
export const putLink = ruled("externalAuthLinks.put", async (context, link: NewLink): Promise<void> => {
  const { user_id, provider_id } = link;
  context.guard.require("update_personal", userObject(user_id), "user");
  const at = context.now();
  const values = { ...sealLink(context, link), updated_at: at };
  await context.write(async (tx) => {
    await holdUser(context, tx, user_id);
    const before = await findLinkRow(tx.db, user_id, provider_id);
    const after = await putLinkRow(tx.db, { user_id, provider_id, created_at: at, ...values }, values);
    await audit(context, tx, { ...linkEntry(link), action: before === undefined ? "create" : "write", before, after });
  });
});
