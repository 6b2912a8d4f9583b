/** What the caller may do, asked beforehand: for showing or hiding a button, never for deciding anything. */
import { type Static, Type } from "typebox";

export const AuthorizationObject = Type.Object({
  /** Such as `workspace`. */
  resource_type: Type.String(),
  /** A user's id, or `me`. */
  owner_id: Type.Optional(Type.String()),
  organization_id: Type.Optional(Type.String()),
  /** An object that exists: owner, organization and shares are then its own. For workspaces, templates, users, groups and organizations. */
  resource_id: Type.Optional(Type.String()),
  /** Whether it holds in any of the caller's organizations. Not beside `organization_id`. */
  any_org: Type.Optional(Type.Boolean()),
});
export type AuthorizationObject = Static<typeof AuthorizationObject>;

export const AuthorizationCheck = Type.Object({
  object: AuthorizationObject,
  /** Such as `read`. */
  action: Type.String(),
});
export type AuthorizationCheck = Static<typeof AuthorizationCheck>;

export const AuthorizationRequest = Type.Object({
  /** By names of the caller's choice, which come back in the answer. */
  checks: Type.Record(Type.String(), AuthorizationCheck),
});
export type AuthorizationRequest = Static<typeof AuthorizationRequest>;

export const AuthorizationResponse = Type.Record(Type.String(), Type.Boolean());
export type AuthorizationResponse = Static<typeof AuthorizationResponse>;

export const AuthorizationRefusal = Type.Enum(["role", "scope", "allow_list", "boundary"]);
export type AuthorizationRefusal = Static<typeof AuthorizationRefusal>;

/** -1 refuses, 1 allows, 0 says nothing. */
const Vote = Type.Union([Type.Literal(-1), Type.Literal(0), Type.Literal(1)]);

/** What all roles say together at each level. */
export const AuthorizationVotes = Type.Object({ site: Vote, user: Vote, org: Vote, member: Vote });
export type AuthorizationVotes = Static<typeof AuthorizationVotes>;

/** A key's scopes and list, as they come to count. */
export const EffectiveScope = Type.Object({
  names: Type.Array(Type.String()),
  /** `type:action`; `*` stands for every type or action. */
  permissions: Type.Array(Type.String()),
  /** `type:id`; `*` stands for every type or id. */
  allow_list: Type.Array(Type.String()),
  /** What composites add for types that the list does not mention, on every object of the type. */
  defaults: Type.Array(Type.String()),
});
export type EffectiveScope = Static<typeof EffectiveScope>;

export const AuthorizationExplanation = Type.Object({
  allowed: Type.Boolean(),
  /** `type:action` that was asked for: the type is the one that the object has, `workspace_dormant` for a dormant workspace. */
  permission: Type.String(),
  /** Each of them alone would have refused. Empty when allowed. */
  refused_by: Type.Array(AuthorizationRefusal),
  /** In words, as a refusal would say it. Absent when allowed. */
  detail: Type.Optional(Type.String()),
  /** Of the roles, when they are what refuses. */
  votes: Type.Optional(AuthorizationVotes),
  /** The smallest scope that has the permission, when the scope refuses. */
  smallest_scope: Type.Optional(Type.String()),
  /** Of the key that was used. */
  scope: EffectiveScope,
  /** The boundaries that the key was made inside of. */
  ceilings: Type.Array(EffectiveScope),
});
export type AuthorizationExplanation = Static<typeof AuthorizationExplanation>;
