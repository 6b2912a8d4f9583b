import type { FastifyContextConfig } from "fastify";

/** Requests a minute, by address and endpoint; 0 lifts the limit. */
export interface RateLimits {
  /** Default: 60. */
  readonly login: number;
  /** Default: 12. */
  readonly files: number;
}

/** Options of a route that answers so many requests a minute to one address; 0 for as many as may come. */
export function perMinute(max: number): FastifyContextConfig {
  return max > 0 ? { rateLimit: { max, timeWindow: 60_000 } } : {};
}
