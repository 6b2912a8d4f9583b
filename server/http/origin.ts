import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { HttpError } from "./http-error.ts";

/**
 * Whether a page of another site made a browser send this. Browsers name the page's origin with everything that could change something,
 * and with websockets, which no same-origin policy guards. Other clients name none.
 *
 * A page is this server's when it has the name of the access URL, or came from the very address that it asks. A name in place of that
 * address proves nothing: whoever owns the name can let it point here after the page has loaded (DNS rebinding).
 */
export function isFromOtherSite({ headers: { origin, host } }: Pick<FastifyRequest, "headers">, accessUrl: string): boolean {
  if (origin === undefined) return false;
  const from = URL.parse(origin);
  if (from === null) return true;
  if (from.host === URL.parse(accessUrl)?.host) return false;
  return from.host !== host || !isAddress(from.hostname);
}

function isAddress(hostname: string): boolean {
  return hostname === "localhost" || isIP(hostname.replace(/^\[(.*)\]$/, "$1")) !== 0;
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
