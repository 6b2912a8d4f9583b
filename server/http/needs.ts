import type { Action, ResourceType } from "#authz/resource-types.ts";

/** A permission as scopes spell it. */
export type NeededPermission = { [T in ResourceType]: `${T}:${Action<T>}` }[ResourceType];

/**
 * What a refusal looks like from outside:
 * - `404` like something that does not exist
 * - `403` said openly, since nothing is given away
 * - `403/404` openly to who may read the object, else like something that does not exist
 * - `400` like a name that means nobody
 * - `less` no refusal: the answer leaves out what was not permitted
 */
const REFUSALS = ["404", "403", "403/404", "400", "less"] as const;
export type NeedRefusal = (typeof REFUSALS)[number];

/**
 * One question that a route asks authz, as text that people review: the permission, the object, what a refusal gives, and when it is
 * asked at all if not always. The object is a path parameter (`{workspace}`), something that belongs to one (`the template of {id}`), a
 * field of the body, `new in {organization}`, or `each` for what a list leaves out.
 */
export type Need =
  | `${NeededPermission} on ${string} or ${NeedRefusal}`
  | `${NeededPermission} on ${string} or ${NeedRefusal}, if ${string}`;

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Everything that the route asks authz, in the order of asking. Required behind authentication; empty: the credential is enough.
     * Nothing is decided by it: the store decides. The API document, the scope catalogue and test/authorization/rules.md are made from it,
     * and tests hold that page against what the server does.
     */
    needs?: readonly Need[];
  }
}

export interface ParsedNeed {
  readonly permission: string;
  readonly object: string;
  readonly refusal: NeedRefusal;
  /** Undefined: always. */
  readonly condition: string | undefined;
}

const NEED = /^(?<permission>\S+) on (?<object>.+?) or (?<refusal>\S+?)(?:, if (?<condition>.+))?$/;

/** @throws RangeError for a text of another form */
export function parseNeed(text: string): ParsedNeed {
  const { permission, object, refusal, condition } = NEED.exec(text)?.groups ?? {};
  const known = REFUSALS.find((one) => one === refusal);
  if (permission === undefined || object === undefined || known === undefined) throw new RangeError(`${JSON.stringify(text)} is no need`);
  return { permission, object, refusal: known, condition };
}

/** Of routes below `/users/{user}`. */
export const USER_IN_PATH: Need = "user:read on {user} or 400, if {user} is not me";
/** Of routes below `/organizations/{organization}`. */
export const ORGANIZATION_IN_PATH: Need = "organization:read on {organization} or 404";

/** Of routes about what is in an organization: whoever belongs to it may say which one is meant, also with a token that cannot read it. */
export const OWN_ORGANIZATION_IN_PATH: Need = "organization:read on {organization} or 404, if the caller is not in it";
