/** Users, the first user, and password login. */
import { type Static, Type } from "typebox";
import { DateTime, Uuid } from "./scalars.ts";

export const UserStatus = Type.Enum(["active", "dormant", "suspended"]);
export type UserStatus = Static<typeof UserStatus>;

export const LoginType = Type.Enum(["github", "none", "oidc", "password", "token", ""]);
export type LoginType = Static<typeof LoginType>;

export const SlimRole = Type.Object({
  name: Type.String(),
  display_name: Type.String(),
  organization_id: Type.Optional(Type.String()),
});
export type SlimRole = Static<typeof SlimRole>;

export const MinimalUser = Type.Object({
  id: Uuid,
  username: Type.String(),
  name: Type.Optional(Type.String()),
  avatar_url: Type.Optional(Type.String()),
});
export type MinimalUser = Static<typeof MinimalUser>;

export const User = Type.Object({
  id: Uuid,
  username: Type.String(),
  name: Type.Optional(Type.String()),
  avatar_url: Type.Optional(Type.String()),
  email: Type.String(),
  created_at: DateTime,
  updated_at: DateTime,
  last_seen_at: Type.Optional(DateTime),
  status: UserStatus,
  login_type: LoginType,
  is_service_account: Type.Optional(Type.Boolean()),
  theme_preference: Type.Optional(Type.String()),
  organization_ids: Type.Array(Uuid),
  roles: Type.Array(SlimRole),
  has_ai_seat: Type.Boolean(),
});
export type User = Static<typeof User>;

export const GetUsersResponse = Type.Object({
  users: Type.Array(User),
  count: Type.Integer(),
});
export type GetUsersResponse = Static<typeof GetUsersResponse>;

export const CreateFirstUserTrialInfo = Type.Object({
  first_name: Type.Optional(Type.String()),
  last_name: Type.Optional(Type.String()),
  phone_number: Type.Optional(Type.String()),
  job_title: Type.Optional(Type.String()),
  company_name: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
  developers: Type.Optional(Type.String()),
});
export type CreateFirstUserTrialInfo = Static<typeof CreateFirstUserTrialInfo>;

export const CreateFirstUserOnboardingInfo = Type.Object({
  newsletter_marketing: Type.Optional(Type.Boolean()),
  newsletter_releases: Type.Optional(Type.Boolean()),
});
export type CreateFirstUserOnboardingInfo = Static<typeof CreateFirstUserOnboardingInfo>;

export const CreateFirstUserRequest = Type.Object({
  email: Type.String(),
  username: Type.String(),
  name: Type.Optional(Type.String()),
  password: Type.String(),
  trial: Type.Optional(Type.Boolean()),
  trial_info: Type.Optional(CreateFirstUserTrialInfo),
  onboarding_info: Type.Optional(CreateFirstUserOnboardingInfo),
});
export type CreateFirstUserRequest = Static<typeof CreateFirstUserRequest>;

export const CreateFirstUserResponse = Type.Object({
  user_id: Uuid,
  organization_id: Uuid,
});
export type CreateFirstUserResponse = Static<typeof CreateFirstUserResponse>;

export const LoginWithPasswordRequest = Type.Object({
  email: Type.String(),
  password: Type.String(),
});
export type LoginWithPasswordRequest = Static<typeof LoginWithPasswordRequest>;

export const LoginWithPasswordResponse = Type.Object({
  session_token: Type.String(),
});
export type LoginWithPasswordResponse = Static<typeof LoginWithPasswordResponse>;

export const AuthMethod = Type.Object({
  enabled: Type.Boolean(),
});
export type AuthMethod = Static<typeof AuthMethod>;

export const GithubAuthMethod = Type.Object({
  enabled: Type.Boolean(),
  default_provider_configured: Type.Boolean(),
});
export type GithubAuthMethod = Static<typeof GithubAuthMethod>;

export const OIDCAuthMethod = Type.Object({
  enabled: Type.Boolean(),
  signInText: Type.String(),
  iconUrl: Type.String(),
});
export type OIDCAuthMethod = Static<typeof OIDCAuthMethod>;

export const AuthMethods = Type.Object({
  terms_of_service_url: Type.Optional(Type.String()),
  password: AuthMethod,
  github: GithubAuthMethod,
  oidc: OIDCAuthMethod,
});
export type AuthMethods = Static<typeof AuthMethods>;
