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
