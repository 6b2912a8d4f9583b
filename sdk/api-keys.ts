/** Session keys and API tokens: what a key may do, and how it is created, narrowed and ended. */
import { type Static, Type } from "typebox";
import { List, TEXT_LIMITS, Text } from "./limits.ts";
import { DateTime, Uuid } from "./scalars.ts";
import { LoginType } from "./users.ts";

/** An entry of an allow list: `*` stands for any type, or any ID. */
export const APIAllowListTarget = Type.Object({
  type: Type.String(),
  id: Type.String(),
});
export type APIAllowListTarget = Static<typeof APIAllowListTarget>;

/** The limits of keys that a key mints. If a field is missing, the key's own value is the limit. */
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
  /** For clients that do not know `scopes`: `all` or `application_connect`. No decision depends on it. */
  scope: Type.String(),
  scopes: Type.Array(Type.String()),
  /** Empty for a session. */
  token_name: Type.String(),
  lifetime_seconds: Type.Integer(),
  allow_list: Type.Array(APIAllowListTarget),
  description: Type.String(),
  /** If absent, keys minted with this one are limited to what it holds itself. */
  boundary: Type.Optional(APIKeyBoundary),
  /** ID of the key that minted this one. Absent if the server did. */
  minted_by: Type.Optional(Type.String()),
});
export type APIKey = Static<typeof APIKey>;

export const APIKeyWithOwner = Type.Object({
  ...APIKey.properties,
  username: Type.String(),
});
export type APIKeyWithOwner = Static<typeof APIKeyWithOwner>;

/** The older form `type:id` is accepted, too. The server reads the entries one by one, so that it can name the invalid one. */
const AllowListInput = Type.Unsafe<readonly (APIAllowListTarget | string)[]>(List(Type.Unknown({ maxLength: TEXT_LIMITS.label }), "names"));

const BoundaryInput = Type.Object({
  scopes: Type.Optional(List(Text("name"), "names")),
  allow_list: Type.Optional(AllowListInput),
  expires_at: Type.Optional(Text("time")),
});

export const CreateTokenRequest = Type.Object({
  /** In nanoseconds; 0 or absent means the default. */
  lifetime: Type.Optional(Type.Integer()),
  /** The older form, with one scope. Cannot be combined with `scopes`. */
  scope: Type.Optional(Text("name")),
  /** Default: `coder:all`. */
  scopes: Type.Optional(List(Text("name"), "names")),
  /** Default: a random one. */
  token_name: Type.Optional(Text("name")),
  /** Default: everything. */
  allow_list: Type.Optional(AllowListInput),
  description: Type.Optional(Text("description")),
  /** Only a session may set a boundary. */
  boundary: Type.Optional(BoundaryInput),
});
export type CreateTokenRequest = Static<typeof CreateTokenRequest>;

/** Fields that are left out stay as they are. */
export const UpdateTokenRequest = Type.Object({
  scope: Type.Optional(Text("name")),
  scopes: Type.Optional(List(Text("name"), "names")),
  allow_list: Type.Optional(AllowListInput),
  /** In nanoseconds from now. */
  lifetime: Type.Optional(Type.Integer()),
  description: Type.Optional(Text("description")),
  /** Replaces the whole boundary; an empty object removes it. Only a session may set a boundary. */
  boundary: Type.Optional(BoundaryInput),
});
export type UpdateTokenRequest = Static<typeof UpdateTokenRequest>;

export const GenerateAPIKeyResponse = Type.Object({
  /** `<id>-<secret>`, shown only once. */
  key: Type.String(),
});
export type GenerateAPIKeyResponse = Static<typeof GenerateAPIKeyResponse>;

export const TokenConfig = Type.Object({
  /** Nanoseconds. */
  max_token_lifetime: Type.Integer(),
});
export type TokenConfig = Static<typeof TokenConfig>;

export const TokensFilter = Type.Object({
  /** Include the tokens of all users that the caller may see. */
  include_all: Type.Optional(Type.Boolean()),
  include_expired: Type.Optional(Type.Boolean()),
});
export type TokensFilter = Static<typeof TokensFilter>;

export const EndKeyQuery = Type.Object({
  /** Whether the keys that it minted end with it. Default: yes for a token, no for a session. */
  cascade: Type.Optional(Type.Boolean()),
});
export type EndKeyQuery = Static<typeof EndKeyQuery>;
