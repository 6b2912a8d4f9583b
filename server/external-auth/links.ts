/** A user's link to another service, and the two forms of its tokens: open here, sealed in its row. */
import type { AuditEntry } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
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

export type NewLink = Omit<ExternalAuthLink, "created_at" | "updated_at">;

type LinkKey = Pick<ExternalAuthLink, "user_id" | "provider_id">;
type SealedColumns = Pick<Row<"external_auth_links">, "oauth_access_token" | "oauth_refresh_token" | "oauth_expiry" | "oauth_extra">;

export function sealLink({ encryption }: Pick<Database, "encryption">, link: NewLink): SealedColumns {
  const seal = (column: string, text: string): Uint8Array => encryption.seal(purpose(column, link), Buffer.from(text, "utf8"));
  return {
    oauth_access_token: seal("oauth_access_token", link.access_token),
    oauth_refresh_token: link.refresh_token === undefined ? null : seal("oauth_refresh_token", link.refresh_token),
    oauth_expiry: link.expires_at ?? null,
    oauth_extra: link.extra ?? null,
  };
}

export function openLink({ encryption }: Pick<Database, "encryption">, row: Row<"external_auth_links">): ExternalAuthLink {
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

function purpose(column: string, { user_id, provider_id }: LinkKey): string {
  return `external_auth_links.${column}:${user_id}:${provider_id}`;
}

/** A link has no ID of its own: its entry is the user's, and the target says which provider. */
export function linkEntry({ user_id, provider_id }: LinkKey): Omit<AuditEntry, "action"> {
  return { resourceType: "external_auth_link", resourceId: user_id, target: provider_id };
}
