import { userObject } from "#authz/object.ts";
import { ruled } from "../access/ruled.ts";
import type { UserId } from "../ids.ts";
import { type ExternalAuthLink, openLink } from "./links.ts";
import { findLinkRow, findLinkRows } from "./rows.ts";

/**
 * Needs the right to read the user's personal data, whether there is a link or not: having none is an ordinary state, and must not hide a
 * refusal.
 */
export const findLink = ruled(
  "externalAuthLinks.find",
  async (context, userId: UserId, providerId: string): Promise<ExternalAuthLink | undefined> => {
    context.guard.require("read_personal", userObject(userId), "user");
    const row = await findLinkRow(context.db, userId, providerId);
    return row === undefined ? undefined : openLink(context, row);
  },
);

/** By provider. */
export const listLinks = ruled("externalAuthLinks.list", async (context, userId: UserId): Promise<readonly ExternalAuthLink[]> => {
  context.guard.require("read_personal", userObject(userId), "user");
  return (await findLinkRows(context.db, userId)).map((row) => openLink(context, row));
});
