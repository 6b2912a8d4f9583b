import type { FastifyReply, FastifyRequest } from "fastify";
import type { App } from "./fastify-app.ts";
import { HttpError } from "./http-error.ts";

/** How long a request for a WebSocket may take to become one, in milliseconds. */
const UPGRADE_MS = 30_000;

/**
 * Closes what asked for an upgrade and did not become a WebSocket. Node gives such a socket away with the request and never looks at it
 * again, so nothing else would. Most are closed with their answer; this is for those that got none.
 */
export function endUnfinishedUpgrades(app: App, upgradeMs = UPGRADE_MS): void {
  const streams = new Set<string>();
  app.addHook("onRoute", ({ url, wsHandler }) => {
    if (wsHandler !== undefined) streams.add(url);
  });
  // The plugin accepts every upgrade, and closes the stream afterwards if the route has none.
  app.addHook("onRequest", (request, _reply, done) => {
    const { url } = request.routeOptions;
    if (request.ws && url !== undefined && !streams.has(url)) done(new HttpError(400, { message: "There is no stream at this address." }));
    else done();
  });
  const accepted = new WeakSet<object>();
  app.websocketServer.on("connection", (_, request: object) => accepted.add(request));
  app.server.on("upgrade", (request, socket) => {
    const timer = setTimeout(() => {
      if (!accepted.has(request)) socket.destroy();
    }, upgradeMs);
    socket.once("close", () => clearTimeout(timer));
  });
}

/** For answers that Fastify gives without its hooks, by which the plugin for WebSockets closes the sockets of all others. */
export function endRefusedUpgrade({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.headers.upgrade === undefined) return;
  reply.raw.once("finish", () => raw.socket.destroySoon());
}
