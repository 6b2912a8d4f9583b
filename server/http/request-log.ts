import { redactSecrets } from "#credentials/secret.ts";
import type { App } from "./fastify-app.ts";

/**
 * One line a request, when its answer is out. The address without its query, because tokens may stand there, and with anything that
 * looks like a secret taken out of the path; headers and bodies never.
 */
export function logRequests(app: App): void {
  app.addHook("onResponse", (request, reply, done) => {
    done();
    const isFailure = reply.statusCode >= 500;
    if (!isFailure && !app.log.isLevelEnabled("debug")) return;
    const line = {
      method: request.method,
      path: loggedPath(request.url),
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

function loggedPath(url: string): string {
  const path = url.split("?", 1)[0] ?? "";
  return redactSecrets(path);
}
