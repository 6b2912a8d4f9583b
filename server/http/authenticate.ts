/** Authentication: from a request's credential to a caller. Every way in which a credential can be wrong gets the same answer. */
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { type Origin, type Subject, withOrigin } from "#authz/subject.ts";
import type { Access, AccessFor } from "../access/access.ts";
import type { AuthenticatedAgent } from "../access/authenticate-agent-token.ts";
import type { Authentication } from "../access/authentication.ts";
import type { User } from "../access/person-rows.ts";
import { subjectOfAgent } from "../access/subject-of-agent.ts";
import { CredentialEndedError } from "../errors.ts";
import { findCredential, isAlsoOutsideCookie, type RequestCredential } from "./credentials.ts";
import { CSRF_HEADER, isCsrfSafe } from "./csrf.ts";
import { HttpError } from "./http-error.ts";
import { isFromOtherSite } from "./origin.ts";

export interface UserCaller {
  readonly subject: Subject;
  /** The caller's access to rows. */
  readonly access: Access;
  readonly user: User;
  /** The id of the session key or API token that was shown. */
  readonly keyId: string;
  /** Authenticates the same credential again, for answers that take long. @throws CredentialEndedError */
  renew(): Promise<Access>;
}

export interface AgentCaller {
  readonly subject: Subject;
  readonly access: Access;
  readonly identity: AuthenticatedAgent;
}

declare module "fastify" {
  interface FastifyRequest {
    userCaller: UserCaller | undefined;
    agentCaller: AgentCaller | undefined;
  }
}

/** @throws Error if the route is not behind {@link requireUser}: a bug */
export function userOf(request: FastifyRequest): UserCaller {
  if (request.userCaller === undefined) throw new Error(`${request.routeOptions.url} has no authentication, but asks for its caller`);
  return request.userCaller;
}

/** Returns the calling user's access to rows. @throws Error like {@link userOf} */
export function accessOf(request: FastifyRequest): Access {
  return userOf(request).access;
}

/** @throws Error if the route is not behind {@link requireAgent}: a bug */
export function agentOf(request: FastifyRequest): AgentCaller {
  if (request.agentCaller === undefined) throw new Error(`${request.routeOptions.url} has no authentication, but asks for its agent`);
  return request.agentCaller;
}

/** Hears of each connection on which somebody has shown a valid credential. */
export type OnKnown = (socket: Socket) => void;

/** Admits users with a session key or an API token. */
export function requireUser(deps: {
  readonly authentication: Pick<Authentication, "withApiKey">;
  readonly accessFor: AccessFor;
  readonly accessUrl: () => string;
  readonly onKnown?: OnKnown;
}): onRequestAsyncHookHandler {
  const { accessFor } = deps;
  return async (request, reply) => {
    const credential = findCredential(request);
    const found = credential && (await deps.authentication.withApiKey(credential.text, { ipAddress: request.clientAddress }));
    if (credential === undefined || found === undefined) throw unauthorized(reply);
    if (credential.from === "cookie") refuseForgery(request, credential, deps.accessUrl());
    const subject = withOrigin(found.subject, originOf(request));
    const renew = async (): Promise<Access> => {
      // The user asked for nothing new: an open stream does not keep its session alive.
      const now = await deps.authentication.withApiKey(credential.text, { ipAddress: request.clientAddress, slideExpiry: false });
      if (now === undefined) throw new CredentialEndedError();
      return accessFor(now.subject === found.subject ? subject : withOrigin(now.subject, originOf(request)));
    };
    request.userCaller = { subject, access: accessFor(subject), user: found.user, keyId: found.key.id, renew };
    deps.onKnown?.(request.raw.socket);
  };
}

/** Admits agents of running workspaces. */
export function requireAgent(deps: {
  readonly authentication: Pick<Authentication, "withAgentToken">;
  readonly accessFor: AccessFor;
  readonly onKnown?: OnKnown;
}): onRequestAsyncHookHandler {
  return async (request, reply) => {
    const credential = findCredential(request);
    const identity = credential && (await deps.authentication.withAgentToken(credential.text));
    if (identity === undefined) throw unauthorized(reply);
    const subject = subjectOfAgent(
      identity,
      (kind, value, agentId) =>
        request.log.error({ agentId, kind, value }, `an agent has an unknown ${kind} and gets the fewest rights possible`),
      originOf(request),
    );
    request.agentCaller = { subject, access: deps.accessFor(subject), identity };
    deps.onKnown?.(request.raw.socket);
  };
}

function unauthorized(reply: FastifyReply): HttpError {
  reply.header("WWW-Authenticate", 'Bearer realm="coder"');
  return new HttpError(401, { message: "No valid session or token came with this request: sign in first." });
}

export function originOf({ id, clientAddress, headers }: FastifyRequest): Origin {
  return { requestId: id, ipAddress: clientAddress, userAgent: headers["user-agent"] ?? "" };
}

/** Browsers send the cookie by themselves, even if another site caused the request. */
function refuseForgery(request: FastifyRequest, { text }: RequestCredential, accessUrl: string): void {
  if (isAlsoOutsideCookie(request, text)) return;
  if (request.headers.upgrade !== undefined && isFromOtherSite(request, accessUrl))
    throw new HttpError(403, { message: "WebSockets are accepted only from pages of this server." });
  if (isCsrfSafe(request.method, text, request.headers[CSRF_HEADER])) return;
  throw new CsrfError();
}

/** The only refusal whose body is plain text. */
export class CsrfError extends Error {
  override readonly name = "CsrfError";
  constructor() {
    super("A request with a session cookie requires the header X-CSRF-TOKEN with the value of the cookie csrf_token.");
  }
}
