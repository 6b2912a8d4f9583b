import type { FastifyRequest } from "fastify";
import { HttpError } from "./http-error.ts";

/**
 * Whether a page of another site made a browser send this. Browsers name the page's origin with everything that could change something,
 * and with websockets, which no same-origin policy guards. Other clients name none.
 */
export function isFromOtherSite({ headers: { origin, host } }: Pick<FastifyRequest, "headers">, accessUrl: string): boolean {
  if (origin === undefined) return false;
  const from = URL.parse(origin)?.host;
  // Behind a proxy, the Host header may be the proxy's name for us.
  return from === undefined || (from !== host && from !== URL.parse(accessUrl)?.host);
}

/**
 * For what works without a credential, where no proof against forgery can be asked for: else any page that somebody visits could make
 * itself the owner of a new server on that person's machine, or log the browser in as somebody else.
 */
export function refuseOtherSites(accessUrl: () => string): (request: Pick<FastifyRequest, "headers">) => Promise<void> {
  return async (request) => {
    if (isFromOtherSite(request, accessUrl())) throw new HttpError(403, { message: "This is accepted from pages of this server only." });
  };
}
