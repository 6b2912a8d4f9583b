import type { FastifyRequest } from "fastify";

export const SESSION_COOKIE = "coder_session_token";

export interface RequestCredential {
  readonly text: string;
  readonly from: "cookie" | "query" | "header";
}

type Request = Pick<FastifyRequest, "cookies" | "headers" | "query" | "ws">;

/**
 * The first credential of a request that is not empty: session cookie, query `coder_session_token`, header `Coder-Session-Token`,
 * `Authorization: Bearer`, query `access_token`. If it is wrong, none of the others is looked at.
 *
 * The query counts for websockets only, where a client may be unable to send headers. Addresses end up in histories, in logs and in the
 * `Referer` of the next page, so anywhere else a credential there is none.
 */
export function findCredential(request: Request): RequestCredential | undefined {
  const cookie = request.cookies[SESSION_COOKIE];
  if (cookie) return { text: cookie, from: "cookie" };
  const query = fromQuery(request, "coder_session_token");
  if (query) return { text: query, from: "query" };
  const { "coder-session-token": header, authorization } = request.headers;
  if (typeof header === "string" && header !== "") return { text: header, from: "header" };
  const bearer = authorization && /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer) return { text: bearer, from: "header" };
  const access = fromQuery(request, "access_token");
  return access ? { text: access, from: "query" } : undefined;
}

/** Whether the same credential also came in a place that a browser does not fill in by itself. */
export function isAlsoOutsideCookie(request: Request, text: string): boolean {
  return request.headers["coder-session-token"] === text || fromQuery(request, "coder_session_token") === text;
}

function fromQuery({ ws, query }: Request, key: string): string | undefined {
  if (!ws || typeof query !== "object" || query === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(query, key)?.value;
  return typeof value === "string" ? value : undefined;
}
