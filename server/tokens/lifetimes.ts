/** How long API tokens may live. Times are milliseconds. */

export interface TokenLifetimes {
  /** Of a token whose maker names none. */
  readonly defaultMs: number;
  readonly maximumMs: number;
  /** Takes the place of `maximumMs` for tokens of owners: what they leak is worth the most. */
  readonly ownerMaximumMs: number;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_TOKEN_LIFETIMES: TokenLifetimes = {
  defaultMs: 168 * HOUR_MS,
  maximumMs: 876_600 * HOUR_MS,
  ownerMaximumMs: 168 * HOUR_MS,
};

/** The longest that the API's 64-bit nanoseconds can say, about 292 years. */
export const LONGEST_LIFETIME_MS = 9_223_372_036_000;

export const NANOSECONDS_PER_MS = 1_000_000;

/** @param siteRoles of the token's user, as stored */
export function maximumLifetimeMs({ maximumMs, ownerMaximumMs }: TokenLifetimes, siteRoles: readonly string[]): number {
  return siteRoles.includes("owner") ? ownerMaximumMs : maximumMs;
}

/** As Go writes a duration: `168h0m0s`. */
export function describeDuration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 3_600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`;
}
