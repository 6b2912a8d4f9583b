/** Session keys and API tokens: what a key may do, how it is made, narrowed and ended. */
import { type Static, Type } from "typebox";
import { DateTime, Uuid } from "./scalars.ts";
import { LoginType } from "./users.ts";

/** Admits objects: `*` stands for any type, or any id. */
export const APIAllowListTarget = Type.Object({
  type: Type.String(),
  id: Type.String(),
});
export type APIAllowListTarget = Static<typeof APIAllowListTarget>;

/** What keys that a key mints may hold at most. What is left out is as the key itself has it. */
export const APIKeyBoundary = Type.Object({
  scopes: Type.Optional(Type.Array(Type.String())),
  allow_list: Type.Optional(Type.Array(APIAllowListTarget)),
  expires_at: Type.Optional(DateTime),
});
export type APIKeyBoundary = Static<typeof APIKeyBoundary>;

export const APIKey = Type.Object({
  /** Ten characters: the part of the key before the dash. */
  id: Type.String(),
  user_id: Uuid,
  /** The Unix epoch for a key that was never used. */
  last_used: DateTime,
  expires_at: DateTime,
  created_at: DateTime,
  updated_at: DateTime,
  login_type: LoginType,
  /** For clients from before there were `scopes`: `all` or `application_connect`, and nothing that a decision rests on. */
  scope: Type.String(),
  scopes: Type.Array(Type.String()),
  /** Empty for a session. */
  token_name: Type.String(),
  lifetime_seconds: Type.Integer(),
  allow_list: Type.Array(APIAllowListTarget),
  description: Type.String(),
  /** Absent: the key hands on what it holds, and not more. */
  boundary: Type.Optional(APIKeyBoundary),
  /** Id of the key that made it. Absent when the server did. */
  minted_by: Type.Optional(Type.String()),
});
export type APIKey = Static<typeof APIKey>;

export const APIKeyWithOwner = Type.Object({
  ...APIKey.properties,
  username: Type.String(),
});
export type APIKeyWithOwner = Static<typeof APIKeyWithOwner>;

/** The older form `type:id` is taken too. The server reads the entries one by one, so that it can name the one that is wrong. */
const AllowListInput = Type.Unsafe<readonly (APIAllowListTarget | string)[]>(Type.Array(Type.Unknown()));

const BoundaryInput = Type.Object({
  scopes: Type.Optional(Type.Array(Type.String())),
  allow_list: Type.Optional(AllowListInput),
  expires_at: Type.Optional(Type.String()),
});

export const CreateTokenRequest = Type.Object({
  /** Nanoseconds; 0 or nothing for the default. */
  lifetime: Type.Optional(Type.Integer()),
  /** One scope: the older form. Not beside `scopes`. */
  scope: Type.Optional(Type.String()),
  /** Default: `coder:all`. */
  scopes: Type.Optional(Type.Array(Type.String())),
  /** Default: a random one. */
  token_name: Type.Optional(Type.String()),
  /** Default: everything. */
  allow_list: Type.Optional(AllowListInput),
  description: Type.Optional(Type.String()),
  /** Only a session sets one. */
  boundary: Type.Optional(BoundaryInput),
});
export type CreateTokenRequest = Static<typeof CreateTokenRequest>;

/** What is left out stays as it is. */
export const UpdateTokenRequest = Type.Object({
  scope: Type.Optional(Type.String()),
  scopes: Type.Optional(Type.Array(Type.String())),
  allow_list: Type.Optional(AllowListInput),
  /** Nanoseconds from now. */
  lifetime: Type.Optional(Type.Integer()),
  description: Type.Optional(Type.String()),
  /** Replaces the whole boundary; an empty object takes it away. Only a session sets one. */
  boundary: Type.Optional(BoundaryInput),
});
export type UpdateTokenRequest = Static<typeof UpdateTokenRequest>;

export const GenerateAPIKeyResponse = Type.Object({
  /** `<id>-<secret>`, told this once. */
  key: Type.String(),
});
export type GenerateAPIKeyResponse = Static<typeof GenerateAPIKeyResponse>;

export const TokenConfig = Type.Object({
  /** Nanoseconds. */
  max_token_lifetime: Type.Integer(),
});
export type TokenConfig = Static<typeof TokenConfig>;

export const TokensFilter = Type.Object({
  /** Those of all users, as far as the caller may see them. */
  include_all: Type.Optional(Type.Boolean()),
  include_expired: Type.Optional(Type.Boolean()),
});
export type TokensFilter = Static<typeof TokensFilter>;

export const EndKeyQuery = Type.Object({
  /** Whether the keys that it minted end with it. Default: yes for a token, no for a session. */
  cascade: Type.Optional(Type.Boolean()),
});
export type EndKeyQuery = Static<typeof EndKeyQuery>;
