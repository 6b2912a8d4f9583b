/** Checks in advance what the caller may do: for showing or hiding a button, never for an authorization decision. */
import { type Static, Type } from "typebox";
import { LIST_LIMITS, TEXT_LIMITS, Text } from "./limits.ts";

export const AuthorizationObject = Type.Object({
  /** A type such as `workspace`. */
  resource_type: Text("name"),
  /** A user's ID, or `me`. */
  owner_id: Type.Optional(Text("name")),
  organization_id: Type.Optional(Text("name")),
  /** An existing object, whose owner, organization and shares then apply. For workspaces, templates, users, groups and organizations. */
  resource_id: Type.Optional(Text("name")),
  /** Whether to check for any of the caller's organizations. Cannot be combined with `organization_id`. */
  any_org: Type.Optional(Type.Boolean()),
});
export type AuthorizationObject = Static<typeof AuthorizationObject>;

export const AuthorizationCheck = Type.Object({
  object: AuthorizationObject,
  /** An action such as `read`. */
  action: Text("name"),
});
export type AuthorizationCheck = Static<typeof AuthorizationCheck>;

export const AuthorizationRequest = Type.Object({
  /** Checks by a name that the caller chooses, and that the response uses. */
  checks: Type.Record(Type.String(), AuthorizationCheck, {
    maxProperties: LIST_LIMITS.checks,
    propertyNames: Type.String({ maxLength: TEXT_LIMITS.address }),
  }),
});
export type AuthorizationRequest = Static<typeof AuthorizationRequest>;

export const AuthorizationResponse = Type.Record(Type.String(), Type.Boolean());
export type AuthorizationResponse = Static<typeof AuthorizationResponse>;

export const AuthorizationRefusal = Type.Enum(["role", "scope", "allow_list", "boundary"]);
export type AuthorizationRefusal = Static<typeof AuthorizationRefusal>;

/** -1 refuses, 1 allows, 0 abstains. */
const Vote = Type.Union([Type.Literal(-1), Type.Literal(0), Type.Literal(1)]);

/** The combined vote of all roles at each level. */
export const AuthorizationVotes = Type.Object({ site: Vote, user: Vote, org: Vote, member: Vote });
export type AuthorizationVotes = Static<typeof AuthorizationVotes>;

/** A key's effective scopes and allow list. */
export const EffectiveScope = Type.Object({
  names: Type.Array(Type.String()),
  /** `type:action`; `*` stands for every type or action. */
  permissions: Type.Array(Type.String()),
  /** `type:id`; `*` stands for every type or id. */
  allow_list: Type.Array(Type.String()),
  /** What composites add on every object of the types that do not occur in the allow list. */
  defaults: Type.Array(Type.String()),
});
export type EffectiveScope = Static<typeof EffectiveScope>;

export const AuthorizationExplanation = Type.Object({
  allowed: Type.Boolean(),
  /** The `type:action` in question. The type is that of the object: `workspace_dormant` for a dormant workspace. */
  permission: Type.String(),
  /** Each of these would have refused on its own. Empty if allowed. */
  refused_by: Type.Array(AuthorizationRefusal),
  /** The text of a refusal. Absent if allowed. */
  detail: Type.Optional(Type.String()),
  /** The votes of the roles, if the roles refuse. */
  votes: Type.Optional(AuthorizationVotes),
  /** The smallest scope with the permission, if the scope refuses. */
  smallest_scope: Type.Optional(Type.String()),
  /** The scope of the key of this request. */
  scope: EffectiveScope,
  /** The boundaries within which the key was minted. */
  ceilings: Type.Array(EffectiveScope),
});
export type AuthorizationExplanation = Static<typeof AuthorizationExplanation>;
