import type { FastifyRequest } from "fastify";
import { networkOf } from "../network/address.ts";
import type { ClientAddresses } from "../network/client-address.ts";
import type { App } from "./fastify-app.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Whom the request comes from, behind trusted proxies too. Nothing may use Fastify's `ip`, which is the proxy's. */
    clientAddress: string;
  }
}

/** Gives every request its client's address before anything looks at it, and takes forwarding headers from those who are not trusted. */
export function knowClients(app: App, addresses: ClientAddresses): void {
  app.decorateRequest("clientAddress", "");
  app.addHook("onRequest", (request, _reply, done) => {
    const { headers } = request;
    // Fastify's, without its own trust in proxies: the other end of the connection. A connection that was cut already has none.
    const peer: string = request.ip ?? "";
    if (addresses.headers.length > 0 && !addresses.isProxy(peer)) for (const name of addresses.headers) delete headers[name];
    request.clientAddress = addresses.of(peer, (name) => [headers[name] ?? []].flat().join(",") || undefined);
    done();
  });
}

/** What a limit by address counts as one client. */
export function limitKeyOf({ clientAddress }: Pick<FastifyRequest, "clientAddress">): string {
  return networkOf(clientAddress);
}
