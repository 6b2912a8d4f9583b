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
import type { CreateWorkspaceBuildRequest, WorkspaceBuild, WorkspaceBuildParameter, WorkspaceBuildTimings } from "./workspace-builds.ts";
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
   * Check whether the server works.
   *
   * Without a credential.
   */
  getHealth({ signal }: RequestOptions = {}): Promise<string> {
    return this.connection.text("GET", "/healthz", { signal });
  }

  /**
   * Get the version and the URLs of this server.
   *
   * Without a credential.
   */
  getBuildInfo({ signal }: RequestOptions = {}): Promise<BuildInfoResponse> {
    return this.connection.json("GET", "/api/v2/buildinfo", { signal });
  }

  /**
   * Check whether the server has been set up.
   *
   * Without a credential.
   */
  hasFirstUser({ signal }: RequestOptions = {}): Promise<boolean> {
    return this.connection.answersYes("GET", "/api/v2/users/first", { signal });
  }

  /**
   * Create the first user, who owns the server.
   *
   * Opens no session: log in afterwards.
   *
   * Without a credential.
   */
  createFirstUser(body: CreateFirstUserRequest, { signal }: RequestOptions = {}): Promise<CreateFirstUserResponse> {
    return this.connection.json("POST", "/api/v2/users/first", { signal, body });
  }

  /**
   * List the ways to sign in.
   *
   * Without a credential.
   */
  getAuthMethods({ signal }: RequestOptions = {}): Promise<AuthMethods> {
    return this.connection.json("GET", "/api/v2/users/authmethods", { signal });
  }

  /**
   * Log in.
   *
   * Besides the limit by address, an account takes only so many wrong passwords from addresses at which it has not signed in before.
   *
   * Without a credential.
   */
  logIn(body: LoginWithPasswordRequest, { signal }: RequestOptions = {}): Promise<LoginWithPasswordResponse> {
    return this.connection.json("POST", "/api/v2/users/login", { signal, body });
  }

  /**
   * Check whether a new password would be strong enough.
   *
   * Without a credential.
   */
  validatePassword(body: ValidateUserPasswordRequest, { signal }: RequestOptions = {}): Promise<ValidateUserPasswordResponse> {
    return this.connection.json("POST", "/api/v2/users/validate-password", { signal, body });
  }

  /**
   * List the scopes that an API token can have.
   *
   * Without a credential.
   */
  listScopes({ signal }: RequestOptions = {}): Promise<ExternalAPIKeyScopes> {
    return this.connection.json("GET", "/api/v2/auth/scopes", { signal });
  }

  /**
   * List what each scope means, what it allows, and which operations it serves.
   *
   * Without a credential.
   */
  getScopeCatalog({ signal }: RequestOptions = {}): Promise<ScopeCatalog> {
    return this.connection.json("GET", "/api/v2/auth/scopes/catalog", { signal });
  }

  /**
   * Get this document.
   *
   * Without a credential.
   */
  getApiDocument({ signal }: RequestOptions = {}): Promise<{ readonly openapi: string }> {
    return this.connection.json("GET", "/api/v2/openapi.json", { signal });
  }

  /**
   * Get a page for browsing this document.
   *
   * Without a credential.
   */
  getApiReferencePage({ signal }: RequestOptions = {}): Promise<string> {
    return this.connection.text("GET", "/docs", { signal });
  }

  /**
   * Get the script of that page.
   *
   * Without a credential.
   */
  getApiReferenceScript({ signal }: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", "/docs/reference.js", { signal });
  }

  /**
   * Get the agent program for a platform.
   *
   * Without a credential.
   */
  getAgentProgram(name: string, { signal }: RequestOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/bin/${name}`, { signal });
  }

  /** End the session or token of this request. */
  logOut({ signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("POST", "/api/v2/users/logout", { signal });
  }

  /**
   * Check which of several actions the caller may do.
   *
   * Needs `workspace:read on resource_id or less, if it is a workspace`; `template:read on resource_id or less, if it is a template`;
   * `user:read on resource_id or less, if it is a user`; `organization:read on resource_id or less, if it is an organization`.
   */
  checkAuthorization(body: AuthorizationRequest, { signal }: RequestOptions = {}): Promise<AuthorizationResponse> {
    return this.connection.json("POST", "/api/v2/authcheck", { signal, body });
  }

  /**
   * Explain why the caller may or may not do one action.
   *
   * Needs `workspace:read on object.resource_id or 404, if it is a workspace`; `template:read on object.resource_id or 404, if it is a
   * template`; `user:read on object.resource_id or 404, if it is a user`; `organization:read on object.resource_id or 404, if it is an
   * organization`.
   */
  explainAuthorization(body: AuthorizationCheck, { signal }: RequestOptions = {}): Promise<AuthorizationExplanation> {
    return this.connection.json("POST", "/api/v2/authcheck/explain", { signal, body });
  }

  /**
   * List the users that the caller may see, by username.
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
   * Create a user.
   *
   * The caller must be able to give all roles that the new user gets. A new user is dormant until the first login.
   *
   * Needs `user:create on a new user or 403`; `assign_role:assign on the site's roles or 403, if roles are given`; `organization:read
   * on each organization of organization_ids or 404`; `organization_member:create on a new member of each organization or 403`;
   * `assign_org_role:assign on each organization's roles or 403`.
   */
  createUser(body: CreateUserRequest, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("POST", "/api/v2/users", { signal, body });
  }

  /**
   * Get a user.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read on {user} or 404`.
   */
  getUser(user: string, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("GET", path`/api/v2/users/${user}`, { signal });
  }

  /**
   * Delete a user.
   *
   * Ends the user's keys; the username and email address can be used again. Refused with 417 while the user owns workspaces, and with
   * 403 for oneself.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:delete on {user} or 403/404`.
   */
  deleteUser(user: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("DELETE", path`/api/v2/users/${user}`, { signal });
  }

  /**
   * Update a user's username, name and picture.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update_personal on {user} or 403/404`.
   */
  updateUserProfile(user: string, body: UpdateUserProfileRequest, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/profile`, { signal, body });
  }

  /**
   * Get how the caller signs in.
   *
   * Users can see only their own login type: for any other user the answer is 403, whatever the caller's roles.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 403/404`.
   */
  getUserLoginType(user: string, { signal }: RequestOptions = {}): Promise<UserLoginType> {
    return this.connection.json("GET", path`/api/v2/users/${user}/login-type`, { signal });
  }

  /**
   * Suspend a user.
   *
   * From the next request on, the user's keys and the agents of the user's workspaces are refused; running workspaces and builds go
   * on. Callers cannot suspend themselves or an owner.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update on {user} or 403/404`.
   */
  suspendUser(user: string, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/status/suspend`, { signal });
  }

  /**
   * End a user's suspension.
   *
   * Keys that have not expired work again.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update on {user} or 403/404`.
   */
  activateUser(user: string, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/status/activate`, { signal });
  }

  /**
   * Set a user's password.
   *
   * Requires a session or a token that may do everything, and for one's own password also the old one. For another user, the caller
   * must be able to give all roles that the user has. All keys of the user end, including the calling one if it is the user's.
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
   * List the site roles, and which of them the caller may give.
   *
   * Needs `assign_role:read on the site's roles or 403`.
   */
  listSiteRoles({ signal }: RequestOptions = {}): Promise<AssignableRoles[]> {
    return this.connection.json("GET", "/api/v2/users/roles", { signal });
  }

  /**
   * Get the roles that a user was given.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 404`; `organization_member:read on each
   * membership or less`.
   */
  getUserRoles(user: string, { signal }: RequestOptions = {}): Promise<UserRoles> {
    return this.connection.json("GET", path`/api/v2/users/${user}/roles`, { signal });
  }

  /**
   * Replace a user's site roles.
   *
   * Callers cannot change their own roles, nor add or remove roles that they may not give or take away. The last owner keeps that
   * role.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read on {user} or 404`; `assign_role:assign on the site's roles or
   * 403, if roles are added`; `assign_role:unassign on the site's roles or 403, if roles are taken away`.
   */
  updateUserRoles(user: string, body: UpdateRoles, { signal }: RequestOptions = {}): Promise<User> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/roles`, { signal, body });
  }

  /**
   * Get a user's dashboard settings.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 403/404`.
   */
  getUserAppearance(user: string, { signal }: RequestOptions = {}): Promise<UserAppearanceSettings> {
    return this.connection.json("GET", path`/api/v2/users/${user}/appearance`, { signal });
  }

  /**
   * Replace a user's dashboard settings.
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
   * List the organizations that a user is a member of.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `organization:read on each organization or less`.
   */
  listUserOrganizations(user: string, { signal }: RequestOptions = {}): Promise<Organization[]> {
    return this.connection.json("GET", path`/api/v2/users/${user}/organizations`, { signal });
  }

  /**
   * Get an organization that a user is a member of, by name.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `organization:read on {organization} or 404`.
   */
  getUserOrganization(user: string, organization: string, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("GET", path`/api/v2/users/${user}/organizations/${organization}`, { signal });
  }

  /**
   * Get a user's public Git SSH key.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:read_personal on {user} or 403/404`.
   */
  getUserGitSshKey(user: string, { signal }: RequestOptions = {}): Promise<GitSSHKey> {
    return this.connection.json("GET", path`/api/v2/users/${user}/gitsshkey`, { signal });
  }

  /**
   * Replace a user's Git SSH key with a new one.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `user:update_personal on {user} or 403/404`.
   */
  regenerateUserGitSshKey(user: string, { signal }: RequestOptions = {}): Promise<GitSSHKey> {
    return this.connection.json("PUT", path`/api/v2/users/${user}/gitsshkey`, { signal });
  }

  /**
   * Create an API token.
   *
   * The token is shown only in this answer. A token can create only tokens that stay inside its boundary, for its own user.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:create on a new key of {user} or 403`.
   */
  createToken(user: string, body: CreateTokenRequest, { signal }: RequestOptions = {}): Promise<GenerateAPIKeyResponse> {
    return this.connection.json("POST", path`/api/v2/users/${user}/keys/tokens`, { signal, body });
  }

  /**
   * List a user's API tokens, or everybody's.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on each or less`.
   */
  listTokens(user: string, { signal, ...query }: RequestOptions & TokensFilter = {}): Promise<APIKeyWithOwner[]> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens`, { signal, query });
  }

  /**
   * Get the maximum lifetime of a user's tokens.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`.
   */
  getTokenConfig(user: string, { signal }: RequestOptions = {}): Promise<TokenConfig> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens/tokenconfig`, { signal });
  }

  /**
   * Get an API token by its name.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on {keyname} or 404`.
   */
  getTokenByName(user: string, keyname: string, { signal }: RequestOptions = {}): Promise<APIKey> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens/${keyname}`, { signal });
  }

  /**
   * Update an API token, and narrow the tokens that it created with it.
   *
   * Fields that are left out do not change; a boundary replaces the whole boundary.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:update on {keyname} or 403/404`.
   */
  updateToken(user: string, keyname: string, body: UpdateTokenRequest, { signal }: RequestOptions = {}): Promise<APIKey> {
    return this.connection.json("PATCH", path`/api/v2/users/${user}/keys/tokens/${keyname}`, { signal, body });
  }

  /**
   * Create a session key.
   *
   * Only a session can create one. The key is shown only in this answer.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:create on a new key of {user} or 403`.
   */
  createSessionKey(user: string, { signal }: RequestOptions = {}): Promise<GenerateAPIKeyResponse> {
    return this.connection.json("POST", path`/api/v2/users/${user}/keys`, { signal });
  }

  /**
   * Get a session key or API token by its ID.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on {keyid} or 404`.
   */
  getAPIKey(user: string, keyid: string, { signal }: RequestOptions = {}): Promise<APIKey> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/${keyid}`, { signal });
  }

  /**
   * Delete a session key or API token, and by default the tokens that it created.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:delete on {keyid} or 403/404`.
   */
  deleteAPIKey(user: string, keyid: string, { signal, ...query }: RequestOptions & EndKeyQuery = {}): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/users/${user}/keys/${keyid}`, { signal, query });
  }

  /**
   * Expire a session key or API token but keep its record, and by default the tokens that it created.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:update on {keyid} or 403/404`.
   */
  expireAPIKey(user: string, keyid: string, { signal, ...query }: RequestOptions & EndKeyQuery = {}): Promise<void> {
    return this.connection.done("PUT", path`/api/v2/users/${user}/keys/${keyid}/expire`, { signal, query });
  }

  /**
   * Get what an API token was used for, and the narrowest grant that would have been enough.
   *
   * Covers the last 30 days unless `days` is given.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `api_key:read on {keyname} or 404`.
   */
  getTokenUsage(user: string, keyname: string, { signal, ...query }: RequestOptions & APIKeyUsageQuery = {}): Promise<APIKeyUsage> {
    return this.connection.json("GET", path`/api/v2/users/${user}/keys/tokens/${keyname}/usage`, { signal, query });
  }

  /**
   * List the organizations that the caller may see, by name.
   *
   * Needs `organization:read on each organization or less`.
   */
  listOrganizations({ signal }: RequestOptions = {}): Promise<Organization[]> {
    return this.connection.json("GET", "/api/v2/organizations", { signal });
  }

  /**
   * Create an organization.
   *
   * The caller becomes its first member, without a role in it.
   *
   * Needs `organization:create on a new organization or 403`.
   */
  createOrganization(body: CreateOrganizationRequest, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("POST", "/api/v2/organizations", { signal, body });
  }

  /**
   * Get an organization.
   *
   * Needs `organization:read on {organization} or 404`.
   */
  getOrganization(organization: string, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}`, { signal });
  }

  /**
   * Update an organization.
   *
   * Fields that are left out do not change. Only callers who may give and take away roles can change the default roles of members.
   *
   * Needs `organization:read on {organization} or 404`; `organization:update on {organization} or 403`; `assign_org_role:assign on the
   * roles of {organization} or 403, if default_org_member_roles adds roles`; `assign_org_role:unassign on the roles of {organization}
   * or 403, if default_org_member_roles takes roles away`.
   */
  updateOrganization(organization: string, body: UpdateOrganizationRequest, { signal }: RequestOptions = {}): Promise<Organization> {
    return this.connection.json("PATCH", path`/api/v2/organizations/${organization}`, { signal, body });
  }

  /**
   * Delete an organization.
   *
   * Also deletes its memberships and provisioner keys, and cancels its jobs. The default organization, and one that has templates or
   * workspaces, cannot be deleted.
   *
   * Needs `organization:read on {organization} or 404`; `organization:delete on {organization} or 403`.
   */
  deleteOrganization(organization: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("DELETE", path`/api/v2/organizations/${organization}`, { signal });
  }

  /**
   * List an organization's members, by username.
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
   * List an organization's members in pages, with their total number.
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
   * List the roles of an organization, and which of them the caller may give.
   *
   * Needs `organization:read on {organization} or 404`; `assign_org_role:read on the roles of {organization} or 403`.
   */
  listOrganizationRoles(organization: string, { signal }: RequestOptions = {}): Promise<AssignableRoles[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/members/roles`, { signal });
  }

  /**
   * Add a user to an organization.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:create
   * on a new member of {organization} or 403`; `assign_org_role:assign on the roles of {organization} or 403`.
   */
  addMember(organization: string, user: string, { signal }: RequestOptions = {}): Promise<OrganizationMember> {
    return this.connection.json("POST", path`/api/v2/organizations/${organization}/members/${user}`, { signal });
  }

  /**
   * Get a member of an organization.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:read
   * on {user} in {organization} or 404`.
   */
  getMember(organization: string, user: string, { signal }: RequestOptions = {}): Promise<OrganizationMemberWithUserData> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/members/${user}`, { signal });
  }

  /**
   * Remove a user from an organization.
   *
   * Callers cannot remove themselves, nor a member who owns workspaces in the organization.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:delete
   * on {user} in {organization} or 403/404`; `assign_org_role:unassign on the roles of {organization} or 403, if the member has
   * roles`.
   */
  removeMember(organization: string, user: string, { signal }: RequestOptions = {}): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/organizations/${organization}/members/${user}`, { signal });
  }

  /**
   * Replace a member's roles in an organization.
   *
   * Callers cannot change their own roles, nor add or remove roles that they may not give or take away.
   *
   * Needs `organization:read on {organization} or 404`; `user:read on {user} or 400, if {user} is not me`; `organization_member:read
   * on {user} in {organization} or 404`; `assign_org_role:assign on the roles of {organization} or 403, if roles are added`;
   * `assign_org_role:unassign on the roles of {organization} or 403, if roles are taken away`.
   */
  updateMemberRoles(organization: string, user: string, body: UpdateRoles, { signal }: RequestOptions = {}): Promise<OrganizationMember> {
    return this.connection.json("PUT", path`/api/v2/organizations/${organization}/members/${user}/roles`, { signal, body });
  }

  /**
   * List the members for whom the caller may create a workspace.
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
   * Get whose workspaces in an organization may be shared.
   *
   * Needs `organization:read on {organization} or 404`.
   */
  getWorkspaceSharing(organization: string, { signal }: RequestOptions = {}): Promise<WorkspaceSharingSettings> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/settings/workspace-sharing`, { signal });
  }

  /**
   * Set whose workspaces in an organization may be shared.
   *
   * With `none`, members of the organization cannot see each other either.
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
   * Download an uploaded archive.
   *
   * Needs `file:read on {file} or 404, if it is in no template that the caller may update`.
   */
  downloadFile(file: string, { signal, ...query }: RequestOptions & { readonly format?: string } = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/api/v2/files/${file}`, { signal, query });
  }

  /**
   * Start the import of an uploaded archive.
   *
   * Follow the logs of the import, then get the version again to learn how it ended.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:create on a new template in
   * {organization} or 403, if template_id is left out`; `template:update on template_id or 403/404, if it is given`; `file:read on
   * file_id or 404, if it is in no template that the caller may update`; `provisioner_daemon:read on each daemon or less, if the job
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
   * Get a version.
   *
   * Needs `template:read on the template of {id} or 404`; `provisioner_daemon:read on each daemon or less, if the job waits`.
   */
  getTemplateVersion(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersion> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}`, { signal });
  }

  /**
   * Cancel an import.
   *
   * Needs `template:read on the template of {id} or 404`; `template:update on the template of {id} or 403`.
   */
  cancelTemplateVersion(id: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("PATCH", path`/api/v2/templateversions/${id}/cancel`, { signal });
  }

  /**
   * Get an import's logs, or follow them over a WebSocket with `follow`.
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
   * List the resources that starting a workspace would create.
   *
   * Needs `template:read on the template of {id} or 404`.
   */
  listTemplateVersionResources(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceResource[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/resources`, { signal });
  }

  /**
   * List the parameters that the version asks for.
   *
   * Needs `template:read on the template of {id} or 404`.
   */
  listTemplateVersionParameters(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersionParameter[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/rich-parameters`, { signal });
  }

  /**
   * List the variables that the version was imported with.
   *
   * Needs `template:read on the template of {id} or 404`.
   */
  listTemplateVersionVariables(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersionVariable[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/variables`, { signal });
  }

  /**
   * List the external services for which the version requires tokens.
   *
   * Needs `template:read on the template of {id} or 404`; `user:read_personal on the caller or 403, if the version names a service`.
   */
  listTemplateVersionExternalAuth(id: string, { signal }: RequestOptions = {}): Promise<TemplateVersionExternalAuth[]> {
    return this.connection.json("GET", path`/api/v2/templateversions/${id}/external-auth`, { signal });
  }

  /**
   * List the templates that the caller may see.
   *
   * Needs `template:read on each template or less`.
   */
  listTemplates({ signal, ...query }: RequestOptions & { readonly q?: string } = {}): Promise<Template[]> {
    return this.connection.json("GET", "/api/v2/templates", { signal, query });
  }

  /**
   * List an organization's templates.
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
   * Create a template from an imported version.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:read on template_version_id or 404`;
   * `template:create on a new template in {organization} or 403`.
   */
  createTemplate(organization: string, body: CreateTemplateRequest, { signal }: RequestOptions = {}): Promise<Template> {
    return this.connection.json("POST", path`/api/v2/organizations/${organization}/templates`, { signal, body });
  }

  /**
   * Get a template by its name.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `template:read on the template or 404`.
   */
  getTemplateByName(organization: string, name: string, { signal }: RequestOptions = {}): Promise<Template> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/templates/${name}`, { signal });
  }

  /**
   * Get a version by its name and the name of its template.
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
   * Get a template.
   *
   * Needs `template:read on {template} or 404`.
   */
  getTemplate(template: string, { signal }: RequestOptions = {}): Promise<Template> {
    return this.connection.json("GET", path`/api/v2/templates/${template}`, { signal });
  }

  /**
   * Delete a template that no workspace uses.
   *
   * Refused with 400 while workspaces use it.
   *
   * Needs `template:delete on {template} or 403/404`.
   */
  deleteTemplate(template: string, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("DELETE", path`/api/v2/templates/${template}`, { signal });
  }

  /**
   * List a template's versions.
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
   * Make a version the one that new workspaces use.
   *
   * Existing workspaces keep their version and report that they are outdated.
   *
   * Needs `template:read on {template} or 404`; `template:read on the template of id or 404`; `template:update on {template} or 403`.
   */
  setActiveTemplateVersion(template: string, body: UpdateActiveTemplateVersion, { signal }: RequestOptions = {}): Promise<Response> {
    return this.connection.json("PATCH", path`/api/v2/templates/${template}/versions`, { signal, body });
  }

  /**
   * Get a version by its name.
   *
   * Needs `template:read on {template} or 404`.
   */
  getTemplateVersionByName(template: string, version: string, { signal }: RequestOptions = {}): Promise<TemplateVersion> {
    return this.connection.json("GET", path`/api/v2/templates/${template}/versions/${version}`, { signal });
  }

  /**
   * List the workspaces that the caller may see.
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
   * Create a workspace and start it.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `template:read on the template of template_version_id or 404, if it is
   * given`; `template:use on the template or 403/404`; `workspace:create on a new workspace of {user} or 403`; `workspace:start on the
   * new workspace or 403/404`; `provisioner_daemon:read on each daemon or less, if the job waits`.
   */
  createWorkspace(user: string, body: CreateWorkspaceRequest, { signal }: RequestOptions = {}): Promise<Workspace> {
    return this.connection.json("POST", path`/api/v2/users/${user}/workspaces`, { signal, body });
  }

  /**
   * Get a workspace with its latest build.
   *
   * A deleted workspace is returned only with `include_deleted`; otherwise the answer is 410.
   *
   * Needs `workspace:read on {workspace} or 404`.
   */
  getWorkspace(workspace: string, { signal, ...query }: RequestOptions & { readonly include_deleted?: boolean } = {}): Promise<Workspace> {
    return this.connection.json("GET", path`/api/v2/workspaces/${workspace}`, { signal, query });
  }

  /**
   * Get a workspace by its owner and name.
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
   * List a workspace's builds, newest first.
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
   * Start, stop or delete a workspace.
   *
   * Answers 409 while another build of the workspace is active, and if the server knows that it does not have the workspace's last
   * state: then only a delete with `orphan` is possible, which destroys nothing.
   *
   * Needs `workspace:read on {workspace} or 404`; `workspace:start on {workspace} or 403, if transition is start`; `workspace:stop on
   * {workspace} or 403, if transition is stop`; `workspace:delete on {workspace} or 403, if transition is delete`; `template:update on
   * the workspace's template or 403/404, if state or orphan is given`; `provisioner_daemon:read on each daemon or less, if the job
   * waits`.
   */
  createWorkspaceBuild(workspace: string, body: CreateWorkspaceBuildRequest, { signal }: RequestOptions = {}): Promise<WorkspaceBuild> {
    return this.connection.json("POST", path`/api/v2/workspaces/${workspace}/builds`, { signal, body });
  }

  /**
   * Get a build by its workspace and number.
   *
   * Needs `user:read on {user} or 400, if {user} is not me`; `workspace:read on the workspace or 404`; `provisioner_daemon:read on
   * each daemon or less, if the job waits`.
   */
  getWorkspaceBuildByNumber(user: string, name: string, number: number, { signal }: RequestOptions = {}): Promise<WorkspaceBuild> {
    return this.connection.json("GET", path`/api/v2/users/${user}/workspace/${name}/builds/${number}`, { signal });
  }

  /**
   * Get a build.
   *
   * Needs `workspace:read on the workspace of {id} or 404`; `provisioner_daemon:read on each daemon or less, if the job waits`.
   */
  getWorkspaceBuild(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceBuild> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}`, { signal });
  }

  /**
   * Cancel a build.
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
   * Get a build's logs, or follow them over a WebSocket with `follow`.
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
   * List the parameters of a build.
   *
   * Values that people give often are credentials: reading a workspace is not enough to see them.
   *
   * Needs `workspace:read on the workspace of {id} or 404`; `workspace:update on the workspace of {id} or 403, if the caller does not
   * own it with a session`.
   */
  listWorkspaceBuildParameters(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceBuildParameter[]> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}/parameters`, { signal });
  }

  /**
   * List the resources of a build, with their agents.
   *
   * Needs `workspace:read on the workspace of {id} or 404`.
   */
  listWorkspaceBuildResources(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceResource[]> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}/resources`, { signal });
  }

  /**
   * Get how long each step of a build took.
   *
   * Terraform's steps, the scripts of the agents, and the time until each agent first connected.
   *
   * Needs `workspace:read on the workspace of {id} or 404`.
   */
  getWorkspaceBuildTimings(id: string, { signal }: RequestOptions = {}): Promise<WorkspaceBuildTimings> {
    return this.connection.json("GET", path`/api/v2/workspacebuilds/${id}/timings`, { signal });
  }

  /**
   * Get Terraform's state after a build.
   *
   * Only for callers who may update the template and read the personal data of the workspace's owner, because a state contains secrets
   * of both. The credentials that the provider fills in anew at each plan are not in it. Empty if there is none. With `late`, the
   * state that arrived when it could no longer become the build's own.
   *
   * Needs `workspace:read on the workspace of {id} or 404`; `template:update on the workspace's template or 403/404`;
   * `user:read_personal on the workspace's owner or 403`.
   */
  getWorkspaceBuildState(
    id: string,
    { signal, ...query }: RequestOptions & { readonly late?: boolean } = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/api/v2/workspacebuilds/${id}/state`, { signal, query });
  }

  /**
   * Get a workspace agent.
   *
   * Needs `workspace:read on the workspace of {agent} or 404`.
   */
  getWorkspaceAgent(agent: string, { signal }: RequestOptions = {}): Promise<WorkspaceAgent> {
    return this.connection.json("GET", path`/api/v2/workspaceagents/${agent}`, { signal });
  }

  /**
   * Get an agent's logs, or follow them over a WebSocket with `follow`.
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
   * List provisioner keys, which remote daemons use.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `provisioner_daemon:read on each key or less`.
   */
  listProvisionerKeys(organization: string, { signal }: RequestOptions = {}): Promise<ProvisionerKey[]> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/provisionerkeys`, { signal });
  }

  /**
   * Create a provisioner key for remote daemons.
   *
   * The key is shown only in this answer.
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
   * Delete a provisioner key.
   *
   * The jobs that its daemons run are canceled. Until these have ended, their daemons can still report on them.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `provisioner_daemon:read on the key or 404`;
   * `provisioner_daemon:delete on the key or 403`.
   */
  deleteProvisionerKey(organization: string, name: string, { signal }: RequestOptions = {}): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/organizations/${organization}/provisionerkeys/${name}`, { signal });
  }

  /**
   * List provisioner daemons and their current jobs.
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
   * List provisioner jobs, newest first.
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
   * Get a provisioner job.
   *
   * Needs `organization:read on {organization} or 404, if the caller is not in it`; `workspace:read on the workspace of {job} or 404,
   * if it is a build`; `template:read on the template of {job} or 404, if it is an import`; `provisioner_daemon:read on each daemon or
   * less`.
   */
  getProvisionerJob(organization: string, job: string, { signal }: RequestOptions = {}): Promise<ProvisionerJob> {
    return this.connection.json("GET", path`/api/v2/organizations/${organization}/provisionerjobs/${job}`, { signal });
  }

  /**
   * List audit log entries, newest first.
   *
   * `q` accepts the keys resource_type (also as a bare word), action, resource_id, resource_target, request_id, username (or `me`),
   * email, organization, date_from, date_to (both `YYYY-MM-DD`) and build_reason. A caller who may read the log of some organizations
   * gets the entries of these.
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
   * Upload an archive.
   *
   * A tar archive of at most 100 MiB and 20,000 entries. The same bytes from the same user get the same ID again.
   *
   * Needs `file:create on a new file of the caller or 403`.
   */
  uploadFile(content: Uint8Array<ArrayBuffer>, { signal }: RequestOptions = {}): Promise<UploadResponse> {
    return this.connection.json("POST", "/api/v2/files", { signal, bytes: { content, type: "application/x-tar" } });
  }

  /**
   * Replace Terraform's state of a build.
   *
   * The state as it is, at most 1 GiB, or as JSON of at most 8 MiB, `{"state": "BASE64"}`. It must be whole, of format 4, of the
   * stored state's lineage, and have a higher serial; where none is stored, of the lineage of the workspace's last state, if that is
   * known, and of none that another workspace has. `force` overrules lineage and serial. With `latest`, the build must be the
   * workspace's latest. Answers 409 if it does not follow the stored state, and while the build runs.
   *
   * Needs `workspace:read on the workspace of {id} or 404`; `template:update on the workspace's template or 403/404`.
   */
  updateWorkspaceBuildState(
    id: string,
    content: Uint8Array<ArrayBuffer>,
    { signal, ...query }: RequestOptions & { readonly force?: boolean; readonly latest?: boolean } = {},
  ): Promise<void> {
    return this.connection.done("PUT", path`/api/v2/workspacebuilds/${id}/state`, {
      signal,
      bytes: { content, type: "application/octet-stream" },
      query,
    });
  }

  /**
   * Get the owner's Git SSH key pair.
   *
   * With an agent's token.
   *
   * Needs `user:read_personal on the owner or 403`.
   */
  getAgentGitSshKey({ signal }: RequestOptions = {}): Promise<AgentGitSSHKey> {
    return this.connection.json("GET", "/api/v2/workspaceagents/me/gitsshkey", { signal });
  }

  /**
   * Get a token for an external service such as a Git host, or the URL where the owner can get one.
   *
   * Requires exactly one of `id` and `match`. Without a linked account, the token is empty and `url` says where to link one.
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
   * Get a token for an external service such as a Git host, or the URL where the owner can get one.
   *
   * Requires exactly one of `id` and `match`. Without a linked account, the token is empty and `url` says where to link one.
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
   * Register a source of log lines.
   *
   * With an agent's token.
   *
   * Needs `workspace:update_agent on the own workspace or 403/404`.
   */
  createAgentLogSource(body: PostLogSourceRequest, { signal }: RequestOptions = {}): Promise<WorkspaceAgentLogSource> {
    return this.connection.json("POST", "/api/v2/workspaceagents/me/log-source", { signal, body });
  }

  /**
   * Add log lines.
   *
   * Answers 413 once an agent has sent 1 MiB in total.
   *
   * With an agent's token.
   *
   * Needs `workspace:update_agent on the own workspace or 403/404`.
   */
  appendAgentLogs(body: PatchLogs, { signal }: RequestOptions = {}): Promise<void> {
    return this.connection.done("PATCH", "/api/v2/workspaceagents/me/logs", { signal, body });
  }
}
