import type { FastifyRequest } from "fastify";

export const SESSION_COOKIE = "coder_session_token";

export interface Credential {
  readonly text: string;
  readonly from: "cookie" | "query" | "header";
}

/**
 * The first credential of a request that is not empty: session cookie, query `coder_session_token`, header `Coder-Session-Token`,
 * `Authorization: Bearer`, query `access_token`. If it is wrong, none of the others is looked at.
 */
export function findCredential(request: Pick<FastifyRequest, "cookies" | "headers" | "query">): Credential | undefined {
  const cookie = request.cookies[SESSION_COOKIE];
  if (cookie) return { text: cookie, from: "cookie" };
  const query = fromQuery(request.query, "coder_session_token");
  if (query) return { text: query, from: "query" };
  const header = request.headers["coder-session-token"];
  if (typeof header === "string" && header !== "") return { text: header, from: "header" };
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return { text: bearer, from: "header" };
  const access = fromQuery(request.query, "access_token");
  return access ? { text: access, from: "query" } : undefined;
}

/** Whether the same credential also came in a place that a browser does not fill in by itself. */
export function isAlsoOutsideCookie(request: Pick<FastifyRequest, "headers" | "query">, text: string): boolean {
  return request.headers["coder-session-token"] === text || fromQuery(request.query, "coder_session_token") === text;
}

function fromQuery(query: unknown, key: string): string | undefined {
  if (typeof query !== "object" || query === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(query, key)?.value;
  return typeof value === "string" ? value : undefined;
}
