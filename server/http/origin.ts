import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { HttpError } from "./http-error.ts";

/**
 * Whether a page of another site made a browser send this request. Browsers state the page's origin with every request that could change
 * something, and with WebSockets, which no same-origin policy guards. Other clients state none.
 *
 * A page belongs to this server if its origin is the access URL, or the very address that the request goes to. A host name in place of that
 * address proves nothing: whoever owns the name can point it here after the page has loaded (DNS rebinding).
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
 * For routes without a credential, where no proof against forgery can be required. Otherwise any page that somebody visits could make
 * itself the owner of a new server on that person's machine, or log the browser in as another user.
 */
export function refuseOtherSites(accessUrl: () => string): (request: Pick<FastifyRequest, "headers">) => Promise<void> {
  return async (request) => {
    if (isFromOtherSite(request, accessUrl()))
      throw new HttpError(403, { message: "This request is accepted only from pages of this server." });
  };
}
