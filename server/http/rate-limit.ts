import type { FastifyContextConfig } from "fastify";

/** Requests per minute, by address and endpoint; 0 removes the limit. */
export interface RateLimits {
  /** Default: 60. */
  readonly login: number;
  /** Default: 12. */
  readonly files: number;
}

/** Options of a route that answers this many requests per minute to one address; 0 for any number. */
export function perMinute(max: number): FastifyContextConfig {
  return max > 0 ? { rateLimit: { max, timeWindow: 60_000 } } : {};
}
