import type { FastifyRequest } from "fastify";
import { redactSecrets } from "#credentials/secret.ts";
import type { App } from "./fastify-app.ts";

/**
 * Writes one line for each request, when its answer is sent. The URL is logged without its query, which may contain tokens. Of path
 * parameters only ids and numbers are logged, because any other text there, such as a password by mistake, has no form by which it could be
 * recognized. Headers and bodies are never logged.
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
      remote: request.clientAddress,
      ...(request.userCaller !== undefined && { user: request.userCaller.user.id }),
      ...(request.agentCaller !== undefined && { agent: request.agentCaller.identity.agent.id }),
    };
    if (isFailure) request.log.warn(line, "request");
    else request.log.debug(line, "request");
  });
}

const ID_OR_NUMBER = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,10}|me)$/i;

function loggedPath({ url, routeOptions, params }: FastifyRequest): string {
  // The URL matches no route, so its parts cannot be told apart.
  if (routeOptions.url === undefined) return redactSecrets(url.split("?", 1)[0] ?? "");
  const given: Readonly<Record<string, unknown>> = typeof params === "object" && params !== null ? { ...params } : {};
  return routeOptions.url.replace(/:(\w+)/g, (_, name: string) => {
    const value = given[name];
    return ID_OR_NUMBER.test(String(value)) ? String(value) : `{${name}}`;
  });
}
