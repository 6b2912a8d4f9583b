/** Users, the first user, and password login. */
import { type Static, Type } from "typebox";
import { List, Text } from "./limits.ts";
import { SlimRole } from "./roles.ts";
import { DateTime, Uuid } from "./scalars.ts";

export const UserStatus = Type.Enum(["active", "dormant", "suspended"]);
export type UserStatus = Static<typeof UserStatus>;

export const LoginType = Type.Enum(["github", "none", "oidc", "password", "token", ""]);
export type LoginType = Static<typeof LoginType>;

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

export const CreateUserRequest = Type.Object({
  email: Text("email"),
  username: Text("name"),
  name: Type.Optional(Text("label")),
  /** Only with login type `password`. */
  password: Type.Optional(Text("password")),
  /** Default, also for an empty text: `password`. */
  login_type: Type.Optional(LoginType),
  /** Default: `dormant`, which the first login turns into `active`. */
  user_status: Type.Optional(UserStatus),
  organization_ids: Type.Optional(List(Uuid, "names")),
  service_account: Type.Optional(Type.Boolean()),
  /** Site roles. */
  roles: Type.Optional(List(Text("name"), "names")),
});
export type CreateUserRequest = Static<typeof CreateUserRequest>;

export const UpdateUserProfileRequest = Type.Object({
  username: Text("name"),
  /** If left out, it is cleared. */
  name: Type.Optional(Text("label")),
  /** If left out, it stays as it is. */
  avatar_url: Type.Optional(Text("address")),
});
export type UpdateUserProfileRequest = Static<typeof UpdateUserProfileRequest>;

export const UpdateUserPasswordRequest = Type.Object({
  /** Required to change one's own password. */
  old_password: Type.Optional(Text("password")),
  password: Text("password"),
});
export type UpdateUserPasswordRequest = Static<typeof UpdateUserPasswordRequest>;

export const ValidateUserPasswordRequest = Type.Object({ password: Text("password") });
export type ValidateUserPasswordRequest = Static<typeof ValidateUserPasswordRequest>;

export const ValidateUserPasswordResponse = Type.Object({
  valid: Type.Boolean(),
  /** What is wrong with the password; empty if it is valid. */
  details: Type.String(),
});
export type ValidateUserPasswordResponse = Static<typeof ValidateUserPasswordResponse>;

export const UserLoginType = Type.Object({ login_type: LoginType });
export type UserLoginType = Static<typeof UserLoginType>;

export const ThemeMode = Type.Enum(["single", "sync", ""]);
export type ThemeMode = Static<typeof ThemeMode>;

export const TerminalFontName = Type.Enum(["fira-code", "geist-mono", "ibm-plex-mono", "jetbrains-mono", "source-code-pro", ""]);
export type TerminalFontName = Static<typeof TerminalFontName>;

/** A field is empty if the user has not chosen anything. */
export const UserAppearanceSettings = Type.Object({
  theme_preference: Type.String(),
  theme_mode: ThemeMode,
  theme_light: Type.String(),
  theme_dark: Type.String(),
  terminal_font: TerminalFontName,
});
export type UserAppearanceSettings = Static<typeof UserAppearanceSettings>;

/** Replaces all settings. */
export const UpdateUserAppearanceSettingsRequest = Type.Partial(UserAppearanceSettings);
export type UpdateUserAppearanceSettingsRequest = Static<typeof UpdateUserAppearanceSettingsRequest>;

export const CreateFirstUserTrialInfo = Type.Object({
  first_name: Type.Optional(Text("label")),
  last_name: Type.Optional(Text("label")),
  phone_number: Type.Optional(Text("label")),
  job_title: Type.Optional(Text("label")),
  company_name: Type.Optional(Text("label")),
  country: Type.Optional(Text("label")),
  developers: Type.Optional(Text("label")),
});
export type CreateFirstUserTrialInfo = Static<typeof CreateFirstUserTrialInfo>;

export const CreateFirstUserOnboardingInfo = Type.Object({
  newsletter_marketing: Type.Optional(Type.Boolean()),
  newsletter_releases: Type.Optional(Type.Boolean()),
});
export type CreateFirstUserOnboardingInfo = Static<typeof CreateFirstUserOnboardingInfo>;

export const CreateFirstUserRequest = Type.Object({
  email: Text("email"),
  username: Text("name"),
  name: Type.Optional(Text("label")),
  password: Text("password"),
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
  email: Text("email"),
  password: Text("password"),
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
