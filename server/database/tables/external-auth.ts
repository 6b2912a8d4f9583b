import type { UserId } from "../../ids.ts";
import type { Sealed } from "./column-values.ts";

/** Accounts at other services that users have linked. */
export interface ExternalAuthTables {
  external_auth_links: {
    provider_id: string;
    user_id: UserId;
    oauth_access_token: Sealed;
    oauth_refresh_token: Sealed | null;
    oauth_expiry: Date | null;
    oauth_extra: Readonly<Record<string, unknown>> | null;
    created_at: Date;
    updated_at: Date;
  };
}
