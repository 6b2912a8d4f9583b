/**
 * Lists refuse query parameters that they do not have: a filter that is misspelled, or of another server, would otherwise answer with the
 * whole list. Other routes ignore them.
 */
import type { FastifyRequest, FastifySchema, onRouteHookHandler } from "fastify";
import { nearestName } from "#authz/nearest-name.ts";
import { HttpError } from "./http-error.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Query parameters that clients send to this list and that change nothing here. */
    ignores?: readonly string[];
    /** Query parameters that clients always send to this list, and whose value must be empty because the list cannot filter by them. */
    ignoresEmpty?: readonly string[];
  }
}

/** Where browsers put a credential for a WebSocket. See credentials.ts. */
const CREDENTIALS = ["coder_session_token", "access_token"];

/** Longer names are not worth repeating. */
const SHOWN_CHARACTERS = 64;

interface Properties {
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Whether the route answers with an array, or with one page of rows and their count. */
export function isList({ response }: FastifySchema): boolean {
  const answer = (response as Readonly<Record<string, unknown>> | undefined)?.[200];
  return isArray(answer) || Object.hasOwn((answer as Properties | undefined)?.properties ?? {}, "count");
}

function isArray(schema: unknown): boolean {
  const { type, anyOf = [] } = (schema ?? {}) as { readonly type?: unknown; readonly anyOf?: readonly unknown[] };
  return type === "array" || anyOf.some(isArray);
}

/** The query parameters that a route's schema names. */
export function parametersOf({ querystring }: FastifySchema): readonly string[] {
  return Object.keys((querystring as Properties | undefined)?.properties ?? {});
}

/** For an app's `onRoute`. */
export const refuseUnknownParameters: onRouteHookHandler = (route) => {
  const { schema = {}, config: { ignores = [], ignoresEmpty = [] } = {} } = route;
  if (![route.method].flat().includes("GET") || !isList(schema)) return;
  const known = parametersOf(schema);
  const accepted = new Set([...known, ...ignores, ...CREDENTIALS]);
  const check = async ({ query }: FastifyRequest): Promise<void> => {
    const given = Object.entries(query as Readonly<Record<string, unknown>>);
    const unknown = given.filter(([name, value]) => !accepted.has(name) && !(value === "" && ignoresEmpty.includes(name)));
    if (unknown.length === 0) return;
    const validations = unknown.map(([name]) => ({ field: name.slice(0, SHOWN_CHARACTERS), detail: describe(name, known) }));
    throw new HttpError(400, { message: "Query parameters have invalid values.", validations });
  };
  route.preValidation = [check, ...[route.preValidation ?? []].flat()];
};

function describe(name: string, known: readonly string[]): string {
  if (known.length === 0) return "This list has no parameters.";
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? `it has ${known.join(", ")}` : `the nearest is ${nearest}`;
  return `This list has no such parameter: ${hint}.${known.includes("q") ? " Filters go into q, as in q=name:value." : ""}`;
}
