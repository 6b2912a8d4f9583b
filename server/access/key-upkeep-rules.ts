import type { User } from "./person-rows.ts";
import type { ApiKey, KeyUpkeep } from "./used-key-rows.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How a key is being used. */
export interface KeyUse {
  readonly ipAddress: string;
  /** Whether a session's expiry moves on with it. Default: true */
  readonly slideExpiry?: boolean;
}

/** What to write about a used key; undefined if that was done a moment ago. API tokens keep the expiry that they were given. */
export function upkeepOf(
  key: Pick<ApiKey, "last_used" | "lifetime_seconds" | "token_name" | "login_type" | "expires_at">,
  user: Pick<User, "status">,
  at: Date,
  { ipAddress, slideExpiry = true }: KeyUse,
): KeyUpkeep | undefined {
  const isStale = at.getTime() - key.last_used.getTime() >= MINUTE_MS;
  const lifetimeMs = key.lifetime_seconds * 1_000;
  const isSession = key.token_name === "" && key.login_type !== "token";
  const slides = isSession && slideExpiry && key.expires_at.getTime() - at.getTime() <= lifetimeMs - HOUR_MS;
  if (!isStale && !slides && user.status !== "dormant") return undefined;
  const endsAtMs = at.getTime() + lifetimeMs;
  return {
    at,
    ipAddress,
    slidesTo: slides ? new Date(endsAtMs) : undefined,
    ifLastUsedBy: isStale ? new Date(at.getTime() - MINUTE_MS) : undefined,
    ifEndsBy: slides ? new Date(endsAtMs - HOUR_MS) : undefined,
  };
}
