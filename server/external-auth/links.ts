import type { Kysely } from "kysely";
import { userObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import { holdUser } from "../database/locks.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { UserId } from "../ids.ts";

export interface ExternalAuthLink {
  readonly provider_id: string;
  readonly user_id: UserId;
  readonly access_token: string;
  readonly refresh_token: string | undefined;
  readonly expires_at: Date | undefined;
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export interface ExternalAuthLinks {
  /**
   * Needs the right to read the user's personal data, whether there is a link or not: having none is an ordinary state, and must not
   * hide a refusal.
   */
  find(userId: UserId, providerId: string): Promise<ExternalAuthLink | undefined>;
  list(userId: UserId): Promise<readonly ExternalAuthLink[]>;
  /** Makes or replaces the link. */
  put(link: Omit<ExternalAuthLink, "created_at" | "updated_at">): Promise<void>;
  delete(userId: UserId, providerId: string): Promise<void>;
}

export function createExternalAuthLinks(context: Context): ExternalAuthLinks {
  const { db, guard, write, encryption, now } = context;
  return {
    find: async (userId, providerId) => {
      guard.require("read_personal", userObject(userId), "user");
      const row = await findRow(db, userId, providerId);
      return row === undefined ? undefined : openLink(context, row);
    },
    list: async (userId) => {
      guard.require("read_personal", userObject(userId), "user");
      const rows = await db.selectFrom("external_auth_links").selectAll().where("user_id", "=", userId).orderBy("provider_id").execute();
      return rows.map((row) => openLink(context, row));
    },
    put: async (link) => {
      const { user_id, provider_id } = link;
      guard.require("update_personal", userObject(user_id), "user");
      const at = now();
      const seal = (column: string, text: string): Uint8Array => encryption.seal(purpose(column, link), Buffer.from(text, "utf8"));
      const values = {
        oauth_access_token: seal("oauth_access_token", link.access_token),
        oauth_refresh_token: link.refresh_token === undefined ? null : seal("oauth_refresh_token", link.refresh_token),
        oauth_expiry: link.expires_at ?? null,
        oauth_extra: link.extra ?? null,
        updated_at: at,
      };
      await write(async (tx) => {
        await holdUser(context, tx, user_id);
        const before = await findRow(tx.db, user_id, provider_id);
        const after = await tx.db
          .insertInto("external_auth_links")
          .values({ user_id, provider_id, created_at: at, ...values })
          .onConflict((conflict) => conflict.columns(["provider_id", "user_id"]).doUpdateSet(values))
          .returningAll()
          .executeTakeFirstOrThrow();
        await audit(context, tx, { ...entryOf(link), action: before === undefined ? "create" : "write", before, after });
      });
    },
    delete: async (userId, providerId) => {
      guard.require("update_personal", userObject(userId), "user");
      await write(async (tx) => {
        const before = await tx.db
          .deleteFrom("external_auth_links")
          .where("user_id", "=", userId)
          .where("provider_id", "=", providerId)
          .returningAll()
          .executeTakeFirst();
        if (before !== undefined) await audit(context, tx, { ...entryOf(before), action: "delete", before });
      });
    },
  };
}

function findRow(db: Kysely<Tables>, userId: UserId, providerId: string): Promise<Row<"external_auth_links"> | undefined> {
  return db
    .selectFrom("external_auth_links")
    .selectAll()
    .where("user_id", "=", userId)
    .where("provider_id", "=", providerId)
    .executeTakeFirst();
}

/** A link has no id of its own: its entry is the user's, and the target says which provider. */
function entryOf({ user_id, provider_id }: Pick<ExternalAuthLink, "user_id" | "provider_id">): Omit<AuditEntry, "action"> {
  return { resourceType: "external_auth_link", resourceId: user_id, target: provider_id };
}

export function openLink({ encryption }: Database, row: Row<"external_auth_links">): ExternalAuthLink {
  const open = (column: string, sealed: Uint8Array): string => encryption.open(purpose(column, row), sealed).toString("utf8");
  return {
    provider_id: row.provider_id,
    user_id: row.user_id,
    access_token: open("oauth_access_token", row.oauth_access_token),
    refresh_token: row.oauth_refresh_token === null ? undefined : open("oauth_refresh_token", row.oauth_refresh_token),
    expires_at: row.oauth_expiry ?? undefined,
    extra: row.oauth_extra ?? undefined,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function purpose(column: string, { user_id, provider_id }: Pick<ExternalAuthLink, "user_id" | "provider_id">): string {
  return `external_auth_links.${column}:${user_id}:${provider_id}`;
}
