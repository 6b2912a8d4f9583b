import type { FastifyRequest } from "fastify";
import { redactSecrets } from "#credentials/secret.ts";
import type { App } from "./fastify-app.ts";

/**
 * One line a request, when its answer is out. The address without its query, because tokens may stand there. Of what was put into the
 * path only ids and numbers: whatever else stands there by mistake, a password say, has no form by which it could be known. Headers and
 * bodies never.
 */
export function logRequests(app: App): void {
  app.addHook("onResponse", (request, reply, done) => {
    done();
    const isFailure = reply.statusCode >= 500;
    if (!isFailure && !app.log.isLevelEnabled("debug")) return;
    const line = {
      method: request.method,
      path: loggedPath(request),
      status: reply.statusCode,
      took_ms: Math.round(reply.elapsedTime),
      remote: request.ip,
      ...(request.userCaller !== undefined && { user: request.userCaller.user.id }),
      ...(request.agentCaller !== undefined && { agent: request.agentCaller.identity.agent.id }),
    };
    if (isFailure) request.log.warn(line, "request");
    else request.log.debug(line, "request");
  });
}

const ID_OR_NUMBER = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,10}|me)$/i;

function loggedPath({ url, routeOptions, params }: FastifyRequest): string {
  // No route of ours: there is nothing to tell its parts apart by.
  if (routeOptions.url === undefined) return redactSecrets(url.split("?", 1)[0] ?? "");
  const given: Readonly<Record<string, unknown>> = typeof params === "object" && params !== null ? { ...params } : {};
  return routeOptions.url.replace(/:(\w+)/g, (_, name: string) => {
    const value = given[name];
    return ID_OR_NUMBER.test(String(value)) ? String(value) : `{${name}}`;
  });
}
