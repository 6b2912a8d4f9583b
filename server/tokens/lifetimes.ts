/** Lifetimes of API tokens, in milliseconds. */

export interface TokenLifetimes {
  /** The lifetime of a token when none is given. */
  readonly defaultMs: number;
  readonly maximumMs: number;
  /** Replaces `maximumMs` for tokens of owners, because leaking them does the most harm. */
  readonly ownerMaximumMs: number;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_TOKEN_LIFETIMES: TokenLifetimes = {
  defaultMs: 168 * HOUR_MS,
  maximumMs: 876_600 * HOUR_MS,
  ownerMaximumMs: 168 * HOUR_MS,
};

/** The longest duration that the API's 64-bit nanoseconds can express, about 292 years. */
export const LONGEST_LIFETIME_MS = 9_223_372_036_000;

export const NANOSECONDS_PER_MS = 1_000_000;

/** @param siteRoles the stored roles of the token's user */
export function maximumLifetimeMs({ maximumMs, ownerMaximumMs }: TokenLifetimes, siteRoles: readonly string[]): number {
  return siteRoles.includes("owner") ? ownerMaximumMs : maximumMs;
}

/** Formats a duration as Go does: `168h0m0s`. */
export function describeDuration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 3_600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`;
}
