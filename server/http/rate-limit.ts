import type { FastifyContextConfig } from "fastify";

/** Options of a route that answers so many requests a minute to one address; 0 for as many as may come. */
export function perMinute(max: number): FastifyContextConfig {
  return max > 0 ? { rateLimit: { max, timeWindow: 60_000 } } : {};
}
