// Written by `npm run generate` from the routes of the server.
import type { PatchLogs, PostLogSourceRequest } from "./agent-logs.ts";
import type { APIKeyUsage, APIKeyUsageQuery } from "./api-key-usage.ts";
import type {
  APIKey,
  APIKeyWithOwner,
  CreateTokenRequest,
  EndKeyQuery,
  GenerateAPIKeyResponse,
  TokenConfig,
  TokensFilter,
  UpdateTokenRequest,
} from "./api-keys.ts";
import type { AuditLogResponse } from "./audit.ts";
import type { ExternalAPIKeyScopes, ScopeCatalog } from "./auth-scopes.ts";
import type { AuthorizationCheck, AuthorizationExplanation, AuthorizationRequest, AuthorizationResponse } from "./authcheck.ts";
import type { BuildInfoResponse } from "./build-info.ts";
import { type Connection, path, type RequestOptions } from "./connection.ts";
import type { AgentExternalAuthResponse } from "./external-auth.ts";
import type { UploadResponse } from "./files.ts";
import type { AgentGitSSHKey, GitSSHKey } from "./git-ssh-keys.ts";
import type {
  CreateOrganizationRequest,
  Organization,
  OrganizationMember,
  OrganizationMemberWithUserData,
  PaginatedMembersResponse,
  UpdateOrganizationRequest,
  UpdateWorkspaceSharingSettingsRequest,
  WorkspaceSharingSettings,
} from "./organizations.ts";
import type { ProvisionerDaemon } from "./provisioner-daemons.ts";
import type { ProvisionerJob, ProvisionerJobLog } from "./provisioner-jobs.ts";
import type { CreateProvisionerKeyRequest, CreateProvisionerKeyResponse, ProvisionerKey } from "./provisioner-keys.ts";
import type { Response } from "./response.ts";
import type { AssignableRoles, UpdateRoles, UserRoles } from "./roles.ts";
import type {
  CreateTemplateVersionRequest,
  TemplateVersion,
  TemplateVersionExternalAuth,
  TemplateVersionParameter,
  TemplateVersionVariable,
} from "./template-versions.ts";
import type { CreateTemplateRequest, Template, UpdateActiveTemplateVersion } from "./templates.ts";
import type {
  AuthMethods,
  CreateFirstUserRequest,
  CreateFirstUserResponse,
  CreateUserRequest,
  GetUsersResponse,
  LoginWithPasswordRequest,
  LoginWithPasswordResponse,
  MinimalUser,
  TerminalFontName,
  ThemeMode,
  UpdateUserPasswordRequest,
  UpdateUserProfileRequest,
  User,
  UserAppearanceSettings,
  UserLoginType,
  ValidateUserPasswordRequest,
  ValidateUserPasswordResponse,
} from "./users.ts";
import type { WorkspaceAgent, WorkspaceAgentLog, WorkspaceAgentLogSource } from "./workspace-agents.ts";
import type { CreateWorkspaceBuildRequest, WorkspaceBuild, WorkspaceBuildParameter } from "./workspace-builds.ts";
import type { WorkspaceResource } from "./workspace-resources.ts";
import type { CreateWorkspaceRequest, Workspace, WorkspacesResponse } from "./workspaces.ts";

/**
 * The API, one method per operation: parameters of the path, then the body, then an object with the query's parameters and a `signal`.
 * `user` is an ID, a name, or `me`; `organization` an ID, a name, or `default`. What a method needs is written as in the API's document.
 * Every method rejects with an ApiError if the server refuses.
 */
export class ApiCalls {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /**
   * Says whether the server works.
   *
   * Without a credential.
   */
  getHealth({ signal }: RequestOptions = {}): Promise<string> {
    return this.connection.text("GET", "/healthz", { signal });
  }

  /**
   * What this server is: the first call of every client.
   *
   * Without a credential.
   */
  getBuildInfo({ signal }: RequestOptions = {}): Promise<BuildInfoResponse> {
    return this.connection.json("GET", "/api/v2/buildinfo", { signal });
  }

  /**
   * Says whether the server has been set up.
   *
   * Without a credential.
   */
  hasFirstUser({ signal }: RequestOptions = {}): Promise<boolean> {
    return this.connection.answersYes("GET", "/api/v2/users/first", { signal });
  }

  /**
   * Sets the server up: its first user, who owns it.
   *
   * Without a credential.
   */
  createFirstUser(body: CreateFirstUserRequest, { signal }: RequestOptions = {}): Promise<CreateFirstUserResponse> {
    return this.connection.json("POST", "/api/v2/users/first", { signal, body });
  }

  /**
   * The ways to sign in.
   *
   * Without a credential.
   */
  getAuthMethods({ signal }: RequestOptions = {}): Promise<AuthMethods> {
    return this.connection.json("GET", "/api/v2/users/authmethods", { signal });
  }

  /**
   * Begins a session.
   *
   * Without a credential.
   */
  logIn(body: LoginWithPasswordRequest, { signal }: RequestOptions = {}): Promise<LoginWithPasswordResponse> {
    return this.connection.json("POST", "/api/v2/users/login", { signal, body });
  }

  /**
   * Whether a new password would be strong enough.
   *
   * Without a credential.
   */
  validatePassword(body: ValidateUserPasswordRequest, { signal }: RequestOptions = {}): Promise<ValidateUserPasswordResponse> {
    return this.connection.json("POST", "/api/v2/users/validate-password", { signal, body });
  }

  /**
   * The scopes that an API token can ask for.
   *
   * Without a credential.
   */
  listScopes({ signal }: RequestOptions = {}): Promise<ExternalAPIKeyScopes> {
    return this.connection.json("GET", "/api/v2/auth/scopes", { signal });
  }

  /**
   * What each scope means, allows, and is good for.
   *
   * Without a credential.
   */
  getScopeCatalog({ signal }: RequestOptions = {}): Promise<ScopeCatalog> {
    return this.connection.json("GET", "/api/v2/auth/scopes/catalog", { signal });
  }

  /**
   * This document.
   *
   * Without a credential.
   */
  getApiDocument({ signal }: RequestOptions = {}): Promise<{ readonly openapi: string }> {
    return this.connection.json("GET", "/api/v2/openapi.json", { signal });
  }

  /**
   * A page to browse this document.
   *
   * Without a credential.
   */
  getApiReferencePage({ signal }: RequestOptions = {}): Promise<string> {
    return this.connection.text("GET", "/docs", { signal });
  }

  /**
   * The script of that page.
   *
   * Without a credential.
   */
  getApiReferenceScript({ signal }: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", "/docs/reference.js", { signal });
  }

  /**
   * The agent's program for a platform.
   *
   * Without a credential.
   */
  getAgentProgram(name: string, { signal }: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/bin/${name}`, { signal });
  }

  /** Ends the session or token that the request came with. */
  logOut({ signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("POST", "/api/v2/users/logout", { signal });
  }

  /**
   * Answers whether the caller may do each of several things.
   *
   * Needs `workspace:read on resource_id or less, if it is a workspace`; `template:read on resource_id or less, if it is a template`;
   * `user:read on resource_id or less, if it is a user`; `organization:read on resource_id or less, if it is an organization`.
   */
  checkAuthorization(body: AuthorizationRequest, { signal }: RequestOptions = {}): Promise<AuthorizationResponse> {
    return this.connection.json("POST", "/api/v2/authcheck", { signal, body });
  }

  /**
   * Says why the caller may or may not do one thing.
   *
   * Needs `workspace:read on object.resource_id or 404, if it is a workspace`; `template:read on object.resource_id or 404, if it is a
   * template`; `user:read on object.resource_id or 404, if it is a user`; `organization:read on object.resource_id or 404, if it is an
   * organization`.
   */
  explainAuthorization(body: AuthorizationCheck, { signal }: RequestOptions = {}): Promise<AuthorizationExplanation> {
    return this.connection.json("POST", "/api/v2/authcheck/explain", { signal, body });
  }

  /**
   * Lists the users that the caller may see, by username.
   *
   * Needs `user:read on each user or less`.
   */
  listUsers({
    signal,
    ...query
  }: RequestOptions & {
    readonly q?: string;
    readonly after_id?: string;
    readonly limit?: number;
    readonly offset?: number;
  } = {}): Promise<GetUsersResponse> {
    return this.connection.json("GET", "/api/v2/users", { signal, query });
  }

  /**
   * Creates a user.
   *
   * Nobody creates a user with roles that they may not give. A new user is dormant until the first login.
   *
   * Needs `user:create on a new user or 403`; `assign_role:assign on the site's roles or 403, if roles are given`; `organization:read
   * on each organization of organization_ids or 404`; `organization_member:create on a new member of each organization or 403`;
   * `assign_org_role:assign on each organization's roles or 403`.
   */
  createUser(body: CreateUserRequest, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("POST", "/api/v2/users", { signal, body });
  }

  /**
   * A user.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read on {user} or 404`.
   */
  getUser(user: string, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("GET", path`/api/v2/users/${user}`, { signal });
  }

  /**
   * Deletes a user.
   *
   * The user's keys end, and name and e-mail address are free again. Refused with 417 while the user owns workspaces, and with 403 for
   * oneself.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:delete on {user} or 403/404`.
   */
  deleteUser(user: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("DELETE", path`/api/v2/users/${user}`, { signal });
  }

  /**
   * Changes a user's username, name and picture.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update_personal on {user} or 403/404`.
   */
  updateUserProfile(user: string, body: UpdateUserProfileRequest, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/profile`, { signal, body });
  }

  /**
   * How the caller signs in.
   *
   * One's own only: others get 403, whatever their roles.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 403/404`.
   */
  getUserLoginType(user: string, { signal }: RequestOptions = {}): Promise<UserLoginType> {
    return this.connection.json("GET", path`/api/v2/users/${user}/login-type`, { signal });
  }

  /**
   * Suspends a user.
   *
   * The user's keys, and the agents of the user's workspaces, open nothing from the next request on. Not oneself, and no owner.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update on {user} or 403/404`.
   */
  suspendUser(user: string, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/status/suspend`, { signal });
  }

  /**
   * Ends a user's suspension.
   *
   * Keys that have not expired open again what they opened before.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update on {user} or 403/404`.
   */
  activateUser(user: string, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/status/activate`, { signal });
  }

  /**
   * Sets a user's password.
   *
   * One's own with the old one. All keys of the user end, the calling one among them if it is the user's. Takes a session, or a token
   * that may do everything. Another's only if the caller may give all roles that the other one has.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update_personal on {user} or 403/404, if it is the caller`;
   * `user:update on {user} or 404, if it is not the caller`; `assign_role:assign on the site's roles or 403, if it is not the caller
   * and has roles`; `assign_org_role:assign on the organization's roles or 403, if it is not the caller and has roles in an
   * organization`.
   */
  updateUserPassword(user: string, body: UpdateUserPasswordRequest, { signal }: RequestOptions = {}): Promise<void> {
    return this.connection.done("PUT", path`/api/v2/users/${user}/password`, { signal, body });
  }

  /**
   * The site's roles, and which of them the caller may give.
   *
   * Needs `assign_role:read on the site's roles or 403`.
   */
  listSiteRoles({ signal }: RequestOptions = {}): Promise<AssignableRoles[]> {
    return this.connection.json("GET", "/api/v2/users/roles", { signal });
  }

  /**
   * The roles that a user was given.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 404`; `organization_member:read on each
   * membership or less`.
   */
  getUserRoles(user: string, { signal }: RequestOptions = {}): Promise<UserRoles> {
    return this.connection.json("GET", path`/api/v2/users/${user}/roles`, { signal });
  }

  /**
   * Replaces a user's site roles.
   *
   * Not one's own, and none that the caller may not give or take away. The last owner stays one.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read on {user} or 404`; `assign_role:assign on the site's roles or
   * 403, if roles are added`; `assign_role:unassign on the site's roles or 403, if roles are taken away`.
   */
  updateUserRoles(user: string, body: UpdateRoles, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/roles`, { signal, body });
  }

  /**
   * What a user chose for the dashboard.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 403/404`.
   */
  getUserAppearance(user: string, { signal }: RequestOptions = {}): Promise<UserAppearanceSettings> {
    return this.connection.json("GET", path`/api/v2/users/${user}/appearance`, { signal });
  }

  /**
   * Replaces what a user chose for the dashboard.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update_personal on {user} or 403/404`.
   */
  updateUserAppearance(
    user: string,
    body: {
      readonly theme_preference?: string;
      readonly theme_mode?: ThemeMode;
      readonly theme_light?: string;
      readonly theme_dark?: string;
      readonly terminal_font?: TerminalFontName;
    },
    { signal }: RequestOptions = {},
  ): Promise<UserAppearanceSettings> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/appearance`, { signal, body });
  }

  /**
   * The organizations that a user is a member of.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `organization:read on each organization or less`.
   */
  listUserOrganizations(user: string, { signal }: RequestOptions = {}): Promise<Organization[]> {
    return this.connection.json("GET", path`/api/v2/users/${user}/organizations`, { signal });
  }

  /**
   * An organization that a user is a member of, by name.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `organization:read on {organization} or 404`.
   */
  getUserOrganization(user: string, organization: string, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("GET", path`/api/v2/users/${user}/organizations/${organization}`, { signal });
  }

  /**
   * The public half of a user's Git SSH key.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 403/404`.
   */
  getUserGitSshKey(user: string, { signal }: RequestOptions = {}): Promise<GitSSHKey> {
    return this.connection.json("GET", path`/api/v2/users/${user}/gitsshkey`, { signal });
  }

  /**
   * Replaces a user's Git SSH key by a new one.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update_personal on {user} or 403/404`.
   */
  regenerateUserGitSshKey(user: string, { signal }: RequestOptions = {}): Promise<GitSSHKey> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/gitsshkey`, { signal });
  }

  /**
   * Creates an API token; asked by a token, one that stays inside it.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:create on a new key of {user} or 403`.
   */
  createToken(user: string, body: CreateTokenRequest, { signal }: RequestOptions = {}): Promise<GenerateAPIKeyResponse> {
    return this.connection.json("POST", path`/api/v2/users/${user}/keys/tokens`, { signal, body });
  }

  /**
   * A user's API tokens, or everybody's.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on each or less`.
   */
  listTokens(user: string, { signal, ...query }: RequestOptions & TokensFilter = {}): Promise<APIKeyWithOwner[]> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens`, { signal, query });
  }

  /**
   * How long a user's tokens may live.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`.
   */
  getTokenConfig(user: string, { signal }: RequestOptions = {}): Promise<TokenConfig> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens/tokenconfig`, { signal });
  }

  /**
   * An API token by its name.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on {keyname} or 404`.
   */
  getTokenByName(user: string, keyname: string, { signal }: RequestOptions = {}): Promise<APIKey> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens/${keyname}`, { signal });
  }

  /**
   * Changes an API token, and narrows the tokens that it minted with it.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:update on {keyname} or 403/404`.
   */
  updateToken(user: string, keyname: string, body: UpdateTokenRequest, { signal }: RequestOptions = {}): Promise<APIKey> {
    return this.connection.json("PATCH", path`/api/v2/users/${user}/keys/tokens/${keyname}`, { signal, body });
  }

  /**
   * Creates the key of a session, which only a session can.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:create on a new key of {user} or 403`.
   */
  createSessionKey(user: string, { signal }: RequestOptions = {}): Promise<GenerateAPIKeyResponse> {
    return this.connection.json("POST", path`/api/v2/users/${user}/keys`, { signal });
  }

  /**
   * A session key or API token by its id.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on {keyid} or 404`.
   */
  getAPIKey(user: string, keyid: string, { signal }: RequestOptions = {}): Promise<APIKey> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/${keyid}`, { signal });
  }

  /**
   * Deletes a session key or API token, and by default what a token minted.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:delete on {keyid} or 403/404`.
   */
  deleteAPIKey(user: string, keyid: string, { signal, ...query }: RequestOptions & EndKeyQuery = {}): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/users/${user}/keys/${keyid}`, { signal, query });
  }

  /**
   * Ends a session key or API token now, keeps its row, and by default ends what a token minted.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:update on {keyid} or 403/404`.
   */
  expireAPIKey(user: string, keyid: string, { signal, ...query }: RequestOptions & EndKeyQuery = {}): Promise<void> {
    return this.connection.done("PUT", path`/api/v2/users/${user}/keys/${keyid}/expire`, { signal, query });
  }

  /**
   * What an API token was used for, and the least that would have been enough.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on {keyname} or 404`.
   */
  getTokenUsage(user: string, keyname: string, { signal, ...query }: RequestOptions & APIKeyUsageQuery = {}): Promise<APIKeyUsage> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens/${keyname}/usage`, { signal, query });
  }

  /**
   * Lists the organizations that the caller may see, by name.
   *
   * Needs `organization:read on each organization or less`.
   */
  listOrganizations({ signal }: RequestOptions = {}): Promise<Organization[]> {
    return this.connection.json("GET", "/api/v2/organizations", { signal });
  }

  /**
   * Creates an organization.
   *
   * The caller becomes its first member, without a role in it.
   *
   * Needs `organization:create on a new organization or 403`.
   */
  createOrganization(body: CreateOrganizationRequest, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("POST", "/api/v2/organizations", { signal, body });
  }

  /**
   * An organization.
   *
   * Needs `organization:read on {organization} or 404`.
   */
  getOrganization(organization: string, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}`, { signal });
  }

  /**
   * Changes an organization.
   *
   * What is left out stays as it is. The roles that every member has are changed by those who may give and take them.
   *
   * Needs `organization:read on {organization} or 404`; `organization:update on {organization} or 403`; `assign_org_role:assign on the
   * roles of {organization} or 403, if default_org_member_roles adds roles`; `assign_org_role:unassign on the roles of {organization}
   * or 403, if default_org_member_roles takes roles away`.
   */
  updateOrganization(organization: string, body: UpdateOrganizationRequest, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("PATCH", path`/api/v2/organizations/${organization}`, { signal, body });
  }

  /**
   * Deletes an organization.
   *
   * Its memberships and provisioner keys end. Refused for the default one, and while it holds templates or workspaces.
   *
   * Needs `organization:read on {organization} or 404`; `organization:delete on {organization} or 403`.
   */
  deleteOrganization(organization: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("DELETE", path`/api/v2/organizations/${organization}`, { signal });
  }

  /**
   * An organization's members, by username.
   *
   * Needs `organization:read on {organization} or 404`; `organization_member:read on each member or less`.
   */
  listMembers(
    organization: string,
    { signal, ...query }: RequestOptions & { readonly q?: string } = {},
  ): Promise<OrganizationMemberWithUserData[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/members`, { signal, query });
  }

  /**
   * An organization's members in pages, and how many there are.
   *
   * Needs `organization:read on {organization} or 404`; `organization_member:read on each member or less`.
   */
  listMembersInPages(
    organization: string,
    { signal, ...query }: RequestOptions & { readonly q?: string; readonly limit?: number; readonly offset?: number } = {},
  ): Promise<PaginatedMembersResponse> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/paginated-members`, { signal, query });
  }

  /**
   * The roles that members can have, and which of them the caller may give.
   *
   * Needs `organization:read on {organization} or 404`; `assign_org_role:read on the roles of {organization} or 403`.
   */
  listOrganizationRoles(organization: string, { signal }: RequestOptions = {}): Promise<AssignableRoles[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/members/roles`, { signal });
  }

  /**
   * Makes a user a member of an organization.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:create
   * on a new member of {organization} or 403`; `assign_org_role:assign on the roles of {organization} or 403`.
   */
  addMember(organization: string, user: string, { signal }: RequestOptions = {}): Promise<OrganizationMember> {
    return this.connection.json("POST", path`/api/v2/organizations/${organization}/members/${user}`, { signal });
  }

  /**
   * A member of an organization.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:read
   * on {user} in {organization} or 404`.
   */
  getMember(organization: string, user: string, { signal }: RequestOptions = {}): Promise<OrganizationMemberWithUserData> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/members/${user}`, { signal });
  }

  /**
   * Ends a user's membership in an organization.
   *
   * Not one's own, and not while the member owns workspaces there.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:delete
   * on {user} in {organization} or 403/404`; `assign_org_role:unassign on the roles of {organization} or 403, if the member has
   * roles`.
   */
  removeMember(organization: string, user: string, { signal }: RequestOptions = {}): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/organizations/${organization}/members/${user}`, { signal });
  }

  /**
   * Replaces a member's roles in an organization.
   *
   * Not one's own, and none that the caller may not give or take away.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:read
   * on {user} in {organization} or 404`; `assign_org_role:assign on the roles of {organization} or 403, if roles are added`;
   * `assign_org_role:unassign on the roles of {organization} or 403, if roles are taken away`.
   */
  updateMemberRoles(organization: string, user: string, body: UpdateRoles, { signal }: RequestOptions = {}): Promise<OrganizationMember> {
    return this.connection.json("PUT", path`/api/v2/organizations/${organization}/members/${user}/roles`, { signal, body });
  }

  /**
   * The members for whom the caller may create a workspace.
   *
   * Needs `organization:read on {organization} or 404`; `organization_member:read on each member or less`; `workspace:create on a
   * workspace of each member or less`.
   */
  listPossibleWorkspaceOwners(
    organization: string,
    user: string,
    { signal, ...query }: RequestOptions & { readonly q?: string; readonly limit?: number; readonly offset?: number } = {},
  ): Promise<MinimalUser[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/members/${user}/workspaces/available-users`, {
      signal,
      query,
    });
  }

  /**
   * Whose workspaces in an organization may be shared.
   *
   * Needs `organization:read on {organization} or 404`.
   */
  getWorkspaceSharing(organization: string, { signal }: RequestOptions = {}): Promise<WorkspaceSharingSettings> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/settings/workspace-sharing`, { signal });
  }

  /**
   * Says whose workspaces in an organization may be shared.
   *
   * With `none` its members do not see each other either.
   *
   * Needs `organization:read on {organization} or 404`; `organization:update on {organization} or 403`.
   */
  updateWorkspaceSharing(
    organization: string,
    body: UpdateWorkspaceSharingSettingsRequest,
    { signal }: RequestOptions = {},
  ): Promise<WorkspaceSharingSettings> {
    return this.connection.json("PATCH", path`/api/v2/organizations/${organization}/settings/workspace-sharing`, { signal, body });
  }

  /**
   * An uploaded archive.
   *
   * Needs `file:read on {file} or 404, if it is in no template that the caller may read`.
   */
  downloadFile(file: string, { signal, ...query }: RequestOptions & { readonly format?: string } = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/api/v2/files/${file}`, { signal, query });
  }

  /**
   * Starts the import of an uploaded archive.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:create on a new template in
   * {organization} or 403, if template_id is left out`; `template:update on template_id or 403/404, if it is given`; `file:read on
   * file_id or 404, if it is in no template that the caller may read`; `provisioner_daemon:read on each daemon or less, if the job
   * waits`.
   */
  createTemplateVersion(
    organization: string,
    body: CreateTemplateVersionRequest,
    { signal }: RequestOptions = {},
  ): Promise<TemplateVersion> {
    return this.connection.json("POST", path`/api/v2/organizations/${organization}/templateversions`, { signal, body });
  }

  /**
   * A version.
   *
   * Needs `template:read on the template of {id} or 404`; `provisioner_daemon:read on each daemon or less, if the job waits`.
   */
  getTemplateVersion(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersion> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}`, { signal });
  }

  /**
   * Cancels an import.
   *
   * Needs `template:read on the template of {id} or 404`; `template:update on the template of {id} or 403`.
   */
  cancelTemplateVersion(id: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("PATCH", path`/api/v2/templateversions/${id}/cancel`, { signal });
  }

  /**
   * An import's logs; as a websocket with `follow`.
   *
   * Needs `template:read on the template of {id} or 404`.
   */
  listTemplateVersionLogs(
    id: string,
    { signal, ...query }: RequestOptions & { readonly after?: number } = {},
  ): Promise<ProvisionerJobLog[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/logs`, { signal, query });
  }

  /**
   * What a start of a workspace would make.
   *
   * Needs `template:read on the template of {id} or 404`.
   */
  listTemplateVersionResources(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceResource[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/resources`, { signal });
  }

  /**
   * The parameters that the version asks for.
   *
   * Needs `template:read on the template of {id} or 404`.
   */
  listTemplateVersionParameters(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersionParameter[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/rich-parameters`, { signal });
  }

  /**
   * The variables that the version was imported with.
   *
   * Needs `template:read on the template of {id} or 404`.
   */
  listTemplateVersionVariables(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersionVariable[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/variables`, { signal });
  }

  /**
   * The other services that the version needs tokens of.
   *
   * Needs `template:read on the template of {id} or 404`; `user:read_personal on the caller or 403, if the version names a service`.
   */
  listTemplateVersionExternalAuth(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersionExternalAuth[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/external-auth`, { signal });
  }

  /**
   * Lists the templates that the caller may see.
   *
   * Needs `template:read on each template or less`.
   */
  listTemplates({ signal, ...query }: RequestOptions & { readonly q?: string } = {}): Promise<Template[]> {
    return this.connection.json("GET", "/api/v2/templates", { signal, query });
  }

  /**
   * An organization's templates.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:read on each template or less`.
   */
  listOrganizationTemplates(
    organization: string,
    { signal, ...query }: RequestOptions & { readonly q?: string } = {},
  ): Promise<Template[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/templates`, { signal, query });
  }

  /**
   * Makes a template from an imported version.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:read on template_version_id or 404`;
   * `template:create on a new template in {organization} or 403`.
   */
  createTemplate(organization: string, body: CreateTemplateRequest, { signal }: RequestOptions = {}): Promise<Template> {
    return this.connection.json("POST", path`/api/v2/organizations/${organization}/templates`, { signal, body });
  }

  /**
   * A template, by its name.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:read on the template or 404`.
   */
  getTemplateByName(organization: string, name: string, { signal }: RequestOptions = {}): Promise<Template> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/templates/${name}`, { signal });
  }

  /**
   * A version, by its name and the name of its template.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:read on the template or 404`.
   */
  getTemplateVersionByNames(
    organization: string,
    name: string,
    version: string,
    { signal }: RequestOptions = {},
  ): Promise<TemplateVersion> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/templates/${name}/versions/${version}`, { signal });
  }

  /**
   * A template.
   *
   * Needs `template:read on {template} or 404`.
   */
  getTemplate(template: string, { signal }: RequestOptions = {}): Promise<Template> {
    return this.connection.json("GET", path`/api/v2/templates/${template}`, { signal });
  }

  /**
   * Deletes a template that no workspace uses.
   *
   * Needs `template:delete on {template} or 403/404`.
   */
  deleteTemplate(template: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("DELETE", path`/api/v2/templates/${template}`, { signal });
  }

  /**
   * A template's versions.
   *
   * Needs `template:read on {template} or 404`.
   */
  listTemplateVersions(
    template: string,
    {
      signal,
      ...query
    }: RequestOptions & {
      readonly limit?: number;
      readonly offset?: number;
      readonly after_id?: string;
      readonly include_archived?: boolean;
    } = {},
  ): Promise<TemplateVersion[]> {
    return this.connection.json("GET", path`/api/v2/templates/${template}/versions`, { signal, query });
  }

  /**
   * Makes a version the one that new workspaces get.
   *
   * Needs `template:read on {template} or 404`; `template:read on the template of id or 404`; `template:update on {template} or 403`.
   */
  setActiveTemplateVersion(template: string, body: UpdateActiveTemplateVersion, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("PATCH", path`/api/v2/templates/${template}/versions`, { signal, body });
  }

  /**
   * A version, by its name.
   *
   * Needs `template:read on {template} or 404`.
   */
  getTemplateVersionByName(template: string, version: string, { signal }: RequestOptions = {}): Promise<TemplateVersion> {
    return this.connection.json("GET", path`/api/v2/templates/${template}/versions/${version}`, { signal });
  }

  /**
   * Lists the workspaces that the caller may see.
   *
   * Needs `user:read on the owner that q names or 400, if that is not me`; `workspace:read on each workspace or less`.
   */
  listWorkspaces({
    signal,
    ...query
  }: RequestOptions & { readonly q?: string; readonly limit?: number; readonly offset?: number } = {}): Promise<WorkspacesResponse> {
    return this.connection.json("GET", "/api/v2/workspaces", { signal, query });
  }

  /**
   * Makes a workspace and starts it.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `template:read on the template of template_version_id or 404, if it is
   * given`; `template:use on the template or 403/404`; `workspace:create on a new workspace of {user} or 403`; `workspace:start on the
   * new workspace or 403/404`; `provisioner_daemon:read on each daemon or less, if the job waits`.
   */
  createWorkspace(user: string, body: CreateWorkspaceRequest, { signal }: RequestOptions = {}): Promise<Workspace> {
    return this.connection.json("POST", path`/api/v2/users/${user}/workspaces`, { signal, body });
  }

  /**
   * A workspace with its latest build.
   *
   * Needs `workspace:read on {workspace} or 404`.
   */
  getWorkspace(workspace: string, { signal, ...query }: RequestOptions & { readonly include_deleted?: boolean } = {}): Promise<Workspace> {
    return this.connection.json("GET", path`/api/v2/workspaces/${workspace}`, { signal, query });
  }

  /**
   * A workspace, by its owner and name.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `workspace:read on the workspace or 404`.
   */
  getWorkspaceByName(
    user: string,
    name: string,
    { signal, ...query }: RequestOptions & { readonly include_deleted?: boolean } = {},
  ): Promise<Workspace> {
    return this.connection.json("GET", path`/api/v2/users/${user}/workspace/${name}`, { signal, query });
  }

  /**
   * A workspace's builds, the newest first.
   *
   * Needs `workspace:read on {workspace} or less`.
   */
  listWorkspaceBuilds(
    workspace: string,
    {
      signal,
      ...query
    }: RequestOptions & { readonly limit?: number; readonly offset?: number; readonly after_id?: string; readonly since?: string } = {},
  ): Promise<WorkspaceBuild[]> {
    return this.connection.json("GET", path`/api/v2/workspaces/${workspace}/builds`, { signal, query });
  }

  /**
   * Starts, stops or deletes a workspace.
   *
   * Needs `workspace:read on {workspace} or 404`; `workspace:start on {workspace} or 403, if transition is start`; `workspace:stop on
   * {workspace} or 403, if transition is stop`; `workspace:delete on {workspace} or 403, if transition is delete`; `template:update on
   * the workspace's template or 403/404, if state is given`; `provisioner_daemon:read on each daemon or less, if the job waits`.
   */
  createWorkspaceBuild(workspace: string, body: CreateWorkspaceBuildRequest, { signal }: RequestOptions = {}): Promise<WorkspaceBuild> {
    return this.connection.json("POST", path`/api/v2/workspaces/${workspace}/builds`, { signal, body });
  }

  /**
   * A build, by its workspace and number.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `workspace:read on the workspace or 404`; `provisioner_daemon:read on
   * each daemon or less, if the job waits`.
   */
  getWorkspaceBuildByNumber(user: string, name: string, number: number, { signal }: RequestOptions = {}): Promise<WorkspaceBuild> {
    return this.connection.json("GET", path`/api/v2/users/${user}/workspace/${name}/builds/${number}`, { signal });
  }

  /**
   * A build.
   *
   * Needs `workspace:read on the workspace of {id} or 404`; `provisioner_daemon:read on each daemon or less, if the job waits`.
   */
  getWorkspaceBuild(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceBuild> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}`, { signal });
  }

  /**
   * Cancels a build.
   *
   * Needs `workspace:read on the workspace of {id} or 404`; `workspace:start on the workspace of {id} or 403, if the build is a
   * start`; `workspace:stop on the workspace of {id} or 403, if the build is a stop`; `workspace:delete on the workspace of {id} or
   * 403, if the build is a delete`; `template:update on the workspace's template or 403, if the build has begun and the template does
   * not let its users cancel`.
   */
  cancelWorkspaceBuild(
    id: string,
    { signal, ...query }: RequestOptions & { readonly expect_status?: "running" | "pending" } = {},
  ): Promise<Response> {
    return this.connection.json("PATCH", path`/api/v2/workspacebuilds/${id}/cancel`, { signal, query });
  }

  /**
   * A build's logs; as a websocket with `follow`.
   *
   * Needs `workspace:read on the workspace of {id} or 404`.
   */
  listWorkspaceBuildLogs(
    id: string,
    { signal, ...query }: RequestOptions & { readonly after?: number } = {},
  ): Promise<ProvisionerJobLog[]> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}/logs`, { signal, query });
  }

  /**
   * The parameters that a build ran with.
   *
   * Needs `workspace:read on the workspace of {id} or 404`.
   */
  listWorkspaceBuildParameters(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceBuildParameter[]> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}/parameters`, { signal });
  }

  /**
   * What a build made, with the agents on it.
   *
   * Needs `workspace:read on the workspace of {id} or 404`.
   */
  listWorkspaceBuildResources(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceResource[]> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}/resources`, { signal });
  }

  /**
   * Terraform's state after a build.
   *
   * Needs `workspace:read on the workspace of {id} or 404`; `template:update on the workspace's template or 403/404`.
   */
  getWorkspaceBuildState(id: string, { signal }: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/api/v2/workspacebuilds/${id}/state`, { signal });
  }

  /**
   * An agent.
   *
   * Needs `workspace:read on the workspace of {agent} or 404`.
   */
  getWorkspaceAgent(agent: string, { signal }: RequestOptions = {}): Promise<WorkspaceAgent> {
    return this.connection.json("GET", path`/api/v2/workspaceagents/${agent}`, { signal });
  }

  /**
   * What an agent has logged; as a websocket with `follow`.
   *
   * Needs `workspace:read on the workspace of {agent} or 404`.
   */
  listWorkspaceAgentLogs(
    agent: string,
    { signal, ...query }: RequestOptions & { readonly after?: number } = {},
  ): Promise<WorkspaceAgentLog[]> {
    return this.connection.json("GET", path`/api/v2/workspaceagents/${agent}/logs`, { signal, query });
  }

  /**
   * Keys for remote daemons.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `provisioner_daemon:read on each key or less`.
   */
  listProvisionerKeys(organization: string, { signal }: RequestOptions = {}): Promise<ProvisionerKey[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/provisionerkeys`, { signal });
  }

  /**
   * Makes a key for remote daemons.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `provisioner_daemon:create on a new key in
   * {organization} or 403`.
   */
  createProvisionerKey(
    organization: string,
    body: CreateProvisionerKeyRequest,
    { signal }: RequestOptions = {},
  ): Promise<CreateProvisionerKeyResponse> {
    return this.connection.json("POST", path`/api/v2/organizations/${organization}/provisionerkeys`, { signal, body });
  }

  /**
   * Ends a key.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `provisioner_daemon:read on the key or 404`;
   * `provisioner_daemon:delete on the key or 403`.
   */
  deleteProvisionerKey(organization: string, name: string, { signal }: RequestOptions = {}): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/organizations/${organization}/provisionerkeys/${name}`, { signal });
  }

  /**
   * Daemons, and what they do.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `provisioner_daemon:read on each daemon or less`;
   * `workspace:read on the workspace of each job or less, if it is a build`; `template:read on the template of each job or less, if it
   * is an import`.
   */
  listProvisionerDaemons(
    organization: string,
    { signal, ...query }: RequestOptions & { readonly limit?: number; readonly status?: string; readonly offline?: boolean } = {},
  ): Promise<ProvisionerDaemon[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/provisionerdaemons`, { signal, query });
  }

  /**
   * The queue, the newest job first.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `provisioner_jobs:read on {organization} or 403`;
   * `provisioner_daemon:read on each daemon or less`.
   */
  listProvisionerJobs(
    organization: string,
    {
      signal,
      ...query
    }: RequestOptions & { readonly limit?: number; readonly status?: string; readonly ids?: string; readonly initiator?: string } = {},
  ): Promise<ProvisionerJob[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/provisionerjobs`, { signal, query });
  }

  /**
   * A job.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `workspace:read on the workspace of {job} or 404,
   * if it is a build`; `template:read on the template of {job} or 404, if it is an import`; `provisioner_daemon:read on each daemon or
   * less`.
   */
  getProvisionerJob(organization: string, job: string, { signal }: RequestOptions = {}): Promise<ProvisionerJob> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/provisionerjobs/${job}`, { signal });
  }

  /**
   * Who did what, newest first.
   *
   * `q` takes resource_type (also as a bare word), action, resource_id, resource_target, request_id, username (or `me`), email,
   * organization, date_from, date_to (both `YYYY-MM-DD`) and build_reason. Who may read the log of some organizations gets theirs.
   *
   * Needs `audit_log:read on any organization or 403`; `audit_log:read on each entry or less`.
   */
  listAuditLogs({
    signal,
    ...query
  }: RequestOptions & {
    readonly q?: string;
    readonly after_id?: string;
    readonly limit?: number;
    readonly offset?: number;
  } = {}): Promise<AuditLogResponse> {
    return this.connection.json("GET", "/api/v2/audit", { signal, query });
  }

  /**
   * Uploads an archive.
   *
   * Needs `file:create on a new file of the caller or 403`.
   */
  uploadFile(content: Uint8Array<ArrayBuffer>, { signal }: RequestOptions = {}): Promise<UploadResponse> {
    return this.connection.json("POST", "/api/v2/files", { signal, bytes: { content, type: "application/x-tar" } });
  }

  /**
   * The owner's Git SSH key, both halves.
   *
   * With an agent's token.
   *
   * Needs `user:read_personal on the owner or 403`.
   */
  getAgentGitSshKey({ signal }: RequestOptions = {}): Promise<AgentGitSSHKey> {
    return this.connection.json("GET", "/api/v2/workspaceagents/me/gitsshkey", { signal });
  }

  /**
   * A token for another service, such as Git's, or where the owner gets one.
   *
   * With an agent's token.
   *
   * Needs `user:read_personal on the owner or 403`.
   */
  getAgentExternalAuth({
    signal,
    ...query
  }: RequestOptions & { readonly id?: string; readonly match?: string } = {}): Promise<AgentExternalAuthResponse> {
    return this.connection.json("GET", "/api/v2/workspaceagents/me/external-auth", { signal, query });
  }

  /**
   * A token for another service, such as Git's, or where the owner gets one.
   *
   * With an agent's token.
   *
   * Needs `user:read_personal on the owner or 403`.
   *
   * @deprecated
   */
  getAgentGitAuth({
    signal,
    ...query
  }: RequestOptions & { readonly id?: string; readonly match?: string } = {}): Promise<AgentExternalAuthResponse> {
    return this.connection.json("GET", "/api/v2/workspaceagents/me/gitauth", { signal, query });
  }

  /**
   * Registers a source of log lines.
   *
   * With an agent's token.
   *
   * Needs `workspace:update_agent on the own workspace or 403/404`.
   */
  createAgentLogSource(body: PostLogSourceRequest, { signal }: RequestOptions = {}): Promise<WorkspaceAgentLogSource> {
    return this.connection.json("POST", "/api/v2/workspaceagents/me/log-source", { signal, body });
  }

  /**
   * Adds log lines.
   *
   * With an agent's token.
   *
   * Needs `workspace:update_agent on the own workspace or 403/404`.
   */
  appendAgentLogs(body: PatchLogs, { signal }: RequestOptions = {}): Promise<void> {
    return this.connection.done("PATCH", "/api/v2/workspaceagents/me/logs", { signal, body });
  }
}
