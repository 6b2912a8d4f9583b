/**
 * The HTTP edge: listening, authentication, error answers, the API document. It knows no feature: their routes are passed in. Routes
 * contain no decisions and no SQL: they pass the caller's access to queries, which decide.
 */

import { randomUUID } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import fastifyCookie from "@fastify/cookie";
import fastifyRateLimit from "@fastify/rate-limit";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastifyWebsocket from "@fastify/websocket";
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { PROGRAM_VERSION } from "#proto/program-version.ts";
import type { Response } from "#sdk/response.ts";
import type { AccessFor } from "../access/access.ts";
import type { Authentication } from "../access/authentication.ts";
import { CredentialEndedError } from "../errors.ts";
import { type ClientAddresses, createClientAddresses, NO_PROXIES } from "../network/client-address.ts";
import { CsrfError, type OnKnown, requireAgent, requireUser } from "./authenticate.ts";
import { knowClients, limitKeyOf } from "./client-address.ts";
import type { App } from "./fastify-app.ts";
import { HttpError } from "./http-error.ts";
import { refuseUnknownParameters } from "./list-query.ts";
import { LOGS_OF } from "./log-route.ts";
import { toProblem } from "./problem.ts";
import { endRefusedUpgrade, endUnfinishedUpgrades } from "./refused-upgrades.ts";
import { logRequests } from "./request-log.ts";
import type { Routes } from "./routes.ts";
import { validatorCompiler } from "./validate.ts";

/** The limit for bodies other than uploads. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;

/** How long a whole request may take to arrive: long enough for an archive of 100 MiB over a slow line, but not forever. */
const REQUEST_TIMEOUT_MS = 300_000;

export interface AppDeps {
  readonly authentication: Pick<Authentication, "withApiKey" | "withAgentToken">;
  readonly accessFor: AccessFor;
  readonly log: Logger;
  /** The address at which browsers reach this server, without a trailing slash. */
  readonly accessUrl: () => string;
  readonly onKnown?: OnKnown;
  /** Default: no proxy is trusted. */
  readonly clientAddresses?: ClientAddresses;
}

/** Creates an app that is ready for `listen` and `inject`. */
export async function createApp(deps: AppDeps, routes: Routes): Promise<App> {
  const app: App = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    frameworkErrors: (_error, request, reply) => {
      endRefusedUpgrade(request, reply);
      return answer(reply, 400, { message: "The URL is not valid." });
    },
    genReqId: () => randomUUID(),
    bodyLimit: MAX_JSON_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    clientErrorHandler: (error, socket) => refuseGarbage(error, socket, deps.log),
    forceCloseConnections: "idle",
    // Terraform's own string building creates addresses such as `https://host//bin/...`.
    routerOptions: { ignoreDuplicateSlashes: true, maxParamLength: 512 },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => toJson);
  app.setReplySerializer(toJson);
  acceptJsonOfAnyContentType(app);
  app.decorateRequest("userCaller", undefined);
  app.decorateRequest("agentCaller", undefined);
  app.decorateRequest(LOGS_OF, undefined);
  knowClients(app, deps.clientAddresses ?? createClientAddresses(NO_PROXIES));
  logRequests(app);
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("X-Coder-Build-Version", PROGRAM_VERSION);
    reply.header("X-Coder-Request-Id", request.id);
    reply.header("X-Content-Type-Options", "nosniff");
    // Many answers hold a credential or what only this caller may see. A route whose answers may be kept says so.
    reply.header("Cache-Control", "no-store");
    done();
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const message = request.url.startsWith("/api/") ? "Route not found." : "Not found.";
    return answer(reply, 404, { message });
  });

  await app.register(fastifyCookie);
  await app.register(fastifyWebsocket, {
    options: { maxPayload: 32 * 1024 },
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, "a WebSocket connection failed");
      socket.terminate();
    },
    preClose(done) {
      closeSockets(this.websocketServer.clients);
      done();
    },
  });
  endUnfinishedUpgrades(app);
  await app.register(fastifyRateLimit, {
    global: false,
    keyGenerator: limitKeyOf,
    errorResponseBuilder: (_request, { max, after }) =>
      new HttpError(429, {
        message: "Too many requests: wait a moment and try again.",
        detail: `The limit is ${max} per minute. Try again in ${after}.`,
      }),
  });

  await app.register(async (scope: App) => {
    for (const add of routes.everybody) add(scope);
  });
  await app.register(async (scope: App) => {
    scope.addHook("onRequest", requireUser(deps));
    scope.addHook("onRoute", refuseUnknownParameters);
    for (const add of routes.users) add(scope);
  });
  await app.register(async (scope: App) => {
    scope.addHook("onRequest", requireAgent(deps));
    for (const add of routes.agents) add(scope);
  });
  await app.ready();
  return app;
}

/** How long a client may take to close its connection, in milliseconds. */
const GOODBYE_MS = 1_000;

function closeSockets(sockets: Iterable<WebSocket>): void {
  for (const socket of sockets) {
    socket.close(1001, "the server is shutting down");
    const timer = setTimeout(() => socket.terminate(), GOODBYE_MS);
    socket.once("close", () => clearTimeout(timer));
  }
}

/** Escapes `<`, `>` and `&`, so that an answer stays harmless if somebody serves it as a page. */
function toJson(body: unknown): string {
  const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(body).replace(/[<>&]/g, escaped)}\n`;
}

/** Clients of the API disagree on the content type of JSON, and many send none. */
function acceptJsonOfAnyContentType(app: App): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, String(body), done);
  });
}

/** Answers what is not HTTP. Fastify's own answer has another form, and its log contains the received bytes, perhaps with a token. */
function refuseGarbage({ code = "" }: NodeJS.ErrnoException, socket: Duplex, log: Logger): void {
  if (code === "ECONNRESET" || socket.destroyed) return;
  log.debug({ code }, "received something other than an HTTP request");
  const status = code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
  const body = toJson({ message: status === 408 ? "The request took too long." : "The request is not valid HTTP." } satisfies Response);
  const head = ["Content-Type: application/json; charset=utf-8", `Content-Length: ${Buffer.byteLength(body)}`, "Connection: close"];
  if (socket.writable) socket.write([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...head, "", body].join("\r\n"));
  socket.destroy();
}

function answerError(error: unknown, { log, raw }: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Nobody reads the answer. It only ends the request here.
  if (isClientGone(error, raw)) {
    log.debug({ err: error }, "the client left in the middle of its request");
    return answer(reply, 400, { message: "The request ended before it was complete." });
  }
  if (error instanceof CsrfError) return reply.code(400).type("text/plain; charset=utf-8").send(`${error.message}\n`);
  const { status, body } = toProblem(error, log);
  // Fastify would close the connection while the client still sends, which then sees a broken pipe and not the answer. If it stays open,
  // Node reads and discards the rest, for as long as a request may take.
  if (status === 413) reply.removeHeader("connection");
  if (error instanceof CredentialEndedError) reply.header("WWW-Authenticate", 'Bearer realm="coder"');
  return answer(reply, status, body);
}

/** Of an error that comes from anything else than the request's own stream, the log must hear, whether or not the client is there. */
function isClientGone(error: unknown, raw: IncomingMessage): boolean {
  if (raw.complete || !raw.destroyed || !(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return error === raw.errored || code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
}

function answer(reply: FastifyReply, status: number, body: Response): FastifyReply {
  return reply.code(status).type("application/json; charset=utf-8").send(toJson(body));
}
