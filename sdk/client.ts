import type { PatchLogs, PostLogSourceRequest } from "./agent-logs.ts";
import { ApiError } from "./api-error.ts";
import type { AuditLogResponse } from "./audit.ts";
import { AuthCalls } from "./auth-calls.ts";
import type { BuildInfoResponse } from "./build-info.ts";
import { type ClientOptions, Connection, path, type RequestOptions } from "./connection.ts";
import type { AgentExternalAuthResponse } from "./external-auth.ts";
import type { UploadResponse } from "./files.ts";
import type { AgentGitSSHKey, GitSSHKey } from "./git-ssh-keys.ts";
import { MemberCalls } from "./member-calls.ts";
import type {
  CreateOrganizationRequest,
  Organization,
  UpdateOrganizationRequest,
  UpdateWorkspaceSharingSettingsRequest,
  WorkspaceSharingSettings,
} from "./organizations.ts";
import type { ProvisionerDaemon } from "./provisioner-daemons.ts";
import type { ProvisionerJob, ProvisionerJobLog, ProvisionerJobStatus } from "./provisioner-jobs.ts";
import type { CreateProvisionerKeyRequest, CreateProvisionerKeyResponse, ProvisionerKey } from "./provisioner-keys.ts";
import type { AssignableRoles, UpdateRoles, UserRoles } from "./roles.ts";
import type {
  CreateTemplateVersionRequest,
  TemplateVersion,
  TemplateVersionExternalAuth,
  TemplateVersionParameter,
  TemplateVersionVariable,
} from "./template-versions.ts";
import type { CreateTemplateRequest, Template } from "./templates.ts";
import { TokenCalls } from "./token-calls.ts";
import type {
  AuthMethods,
  CreateFirstUserRequest,
  CreateFirstUserResponse,
  CreateUserRequest,
  GetUsersResponse,
  LoginWithPasswordRequest,
  LoginWithPasswordResponse,
  UpdateUserAppearanceSettingsRequest,
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

/** @property after the highest log id already seen; only later lines come. Default: all. */
export interface LogOptions extends RequestOptions {
  readonly after?: number;
}

export interface PageOptions extends RequestOptions {
  readonly limit?: number;
  readonly offset?: number;
}

/**
 * The API, one method an endpoint. `user` is an id, a name, or `me`; `organization` an id, a name, or `default`.
 * Tokens, members of organizations, and questions about permissions have objects of their own: `client.tokens`, `.members`, `.auth`.
 * Every method rejects with {@link ApiError} when the server refuses.
 *
 * @example
 * const { session_token } = await new Client(url).login({ email, password });
 * const client = new Client(url, { sessionToken: session_token });
 */
export class Client {
  readonly connection: Connection;
  readonly auth: AuthCalls;
  readonly members: MemberCalls;
  readonly tokens: TokenCalls;

  /** @param url the server's address, such as `http://127.0.0.1:3000`, with or without a slash at its end */
  constructor(url: string, options: ClientOptions = {}) {
    this.connection = new Connection(url, options);
    this.auth = new AuthCalls(this.connection);
    this.members = new MemberCalls(this.connection);
    this.tokens = new TokenCalls(this.connection);
  }

  get url(): string {
    return this.connection.url;
  }

  buildInfo(options?: RequestOptions): Promise<BuildInfoResponse> {
    return this.#get<BuildInfoResponse>("/api/v2/buildinfo", options);
  }

  // Users

  /** False on a server that nobody has set up yet. */
  async hasFirstUser(options?: RequestOptions): Promise<boolean> {
    try {
      await this.connection.done("GET", "/api/v2/users/first", options);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** Makes the owner of a new server. Opens no session: log in afterwards. */
  createFirstUser(body: CreateFirstUserRequest, options?: RequestOptions): Promise<CreateFirstUserResponse> {
    return this.connection.json<CreateFirstUserResponse>("POST", "/api/v2/users/first", { ...options, body });
  }

  login(body: LoginWithPasswordRequest, options?: RequestOptions): Promise<LoginWithPasswordResponse> {
    return this.connection.json<LoginWithPasswordResponse>("POST", "/api/v2/users/login", { ...options, body });
  }

  /** Ends the session whose token this client carries. */
  logout(options?: RequestOptions): Promise<void> {
    return this.connection.done("POST", "/api/v2/users/logout", options);
  }

  authMethods(options?: RequestOptions): Promise<AuthMethods> {
    return this.#get<AuthMethods>("/api/v2/users/authmethods", options);
  }

  users(options: PageOptions & { readonly q?: string } = {}): Promise<GetUsersResponse> {
    const { signal, ...query } = options;
    return this.connection.json<GetUsersResponse>("GET", "/api/v2/users", { signal, query });
  }

  user(user: string, options?: RequestOptions): Promise<User> {
    return this.#get<User>(path`/api/v2/users/${user}`, options);
  }

  /** With no `user_status`, one that is dormant until its first login. */
  createUser(body: CreateUserRequest, options?: RequestOptions): Promise<User> {
    return this.connection.json<User>("POST", "/api/v2/users", { ...options, body });
  }

  /** Refused with 417 while the user owns workspaces. Name and address are free again afterwards. */
  deleteUser(user: string, options?: RequestOptions): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/users/${user}`, options);
  }

  updateUserProfile(user: string, body: UpdateUserProfileRequest, options?: RequestOptions): Promise<User> {
    return this.connection.json<User>("PUT", path`/api/v2/users/${user}/profile`, { ...options, body });
  }

  /** Ends nothing that runs, but none of the user's keys opens anything until the user is activated again. */
  suspendUser(user: string, options?: RequestOptions): Promise<User> {
    return this.connection.json<User>("PUT", path`/api/v2/users/${user}/status/suspend`, options);
  }

  activateUser(user: string, options?: RequestOptions): Promise<User> {
    return this.connection.json<User>("PUT", path`/api/v2/users/${user}/status/activate`, options);
  }

  /** Ends all of the user's keys, the caller's own too if it is its own password. */
  updateUserPassword(user: string, body: UpdateUserPasswordRequest, options?: RequestOptions): Promise<void> {
    return this.connection.done("PUT", path`/api/v2/users/${user}/password`, { ...options, body });
  }

  /** Whether the server would take a password, before it is set. Needs no session. */
  validateUserPassword(body: ValidateUserPasswordRequest, options?: RequestOptions): Promise<ValidateUserPasswordResponse> {
    return this.connection.json<ValidateUserPasswordResponse>("POST", "/api/v2/users/validate-password", { ...options, body });
  }

  /** One's own only. */
  userLoginType(user: string, options?: RequestOptions): Promise<UserLoginType> {
    return this.#get<UserLoginType>(path`/api/v2/users/${user}/login-type`, options);
  }

  /** The site roles there are, and which of them the caller may give. */
  siteRoles(options?: RequestOptions): Promise<AssignableRoles[]> {
    return this.#list<AssignableRoles>("/api/v2/users/roles", options);
  }

  userRoles(user: string, options?: RequestOptions): Promise<UserRoles> {
    return this.#get<UserRoles>(path`/api/v2/users/${user}/roles`, options);
  }

  /** Replaces the site roles; what everybody has is not part of them. */
  updateUserRoles(user: string, body: UpdateRoles, options?: RequestOptions): Promise<User> {
    return this.connection.json<User>("PUT", path`/api/v2/users/${user}/roles`, { ...options, body });
  }

  userAppearance(user: string, options?: RequestOptions): Promise<UserAppearanceSettings> {
    return this.#get<UserAppearanceSettings>(path`/api/v2/users/${user}/appearance`, options);
  }

  updateUserAppearance(user: string, body: UpdateUserAppearanceSettingsRequest, options?: RequestOptions): Promise<UserAppearanceSettings> {
    return this.connection.json<UserAppearanceSettings>("PUT", path`/api/v2/users/${user}/appearance`, { ...options, body });
  }

  userOrganization(user: string, organization: string, options?: RequestOptions): Promise<Organization> {
    return this.#get<Organization>(path`/api/v2/users/${user}/organizations/${organization}`, options);
  }

  userOrganizations(user: string, options?: RequestOptions): Promise<Organization[]> {
    return this.#list<Organization>(path`/api/v2/users/${user}/organizations`, options);
  }

  gitSshKey(user: string, options?: RequestOptions): Promise<GitSSHKey> {
    return this.#get<GitSSHKey>(path`/api/v2/users/${user}/gitsshkey`, options);
  }

  /** Replaces the pair; the old public key opens nothing from then on, once its user has removed it elsewhere. */
  regenerateGitSshKey(user: string, options?: RequestOptions): Promise<GitSSHKey> {
    return this.connection.json<GitSSHKey>("PUT", path`/api/v2/users/${user}/gitsshkey`, options);
  }

  // Organizations, provisioner keys, daemons, jobs

  organizations(options?: RequestOptions): Promise<Organization[]> {
    return this.#list<Organization>("/api/v2/organizations", options);
  }

  organization(organization: string, options?: RequestOptions): Promise<Organization> {
    return this.#get<Organization>(path`/api/v2/organizations/${organization}`, options);
  }

  createOrganization(body: CreateOrganizationRequest, options?: RequestOptions): Promise<Organization> {
    return this.connection.json<Organization>("POST", "/api/v2/organizations", { ...options, body });
  }

  updateOrganization(organization: string, body: UpdateOrganizationRequest, options?: RequestOptions): Promise<Organization> {
    return this.connection.json<Organization>("PATCH", path`/api/v2/organizations/${organization}`, { ...options, body });
  }

  /** Refused while it holds anything, and for the default one. */
  deleteOrganization(organization: string, options?: RequestOptions): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/organizations/${organization}`, options);
  }

  workspaceSharing(organization: string, options?: RequestOptions): Promise<WorkspaceSharingSettings> {
    return this.#get<WorkspaceSharingSettings>(path`/api/v2/organizations/${organization}/settings/workspace-sharing`, options);
  }

  updateWorkspaceSharing(
    organization: string,
    body: UpdateWorkspaceSharingSettingsRequest,
    options?: RequestOptions,
  ): Promise<WorkspaceSharingSettings> {
    const at = path`/api/v2/organizations/${organization}/settings/workspace-sharing`;
    return this.connection.json<WorkspaceSharingSettings>("PATCH", at, { ...options, body });
  }

  /** @param options.q search terms such as `username:ada action:create resource_type:api_key` */
  auditLogs(options: PageOptions & { readonly q?: string } = {}): Promise<AuditLogResponse> {
    const { signal, ...query } = options;
    return this.connection.json<AuditLogResponse>("GET", "/api/v2/audit", { signal, query });
  }

  provisionerKeys(organization: string, options?: RequestOptions): Promise<ProvisionerKey[]> {
    return this.#list<ProvisionerKey>(path`/api/v2/organizations/${organization}/provisionerkeys`, options);
  }

  /** The only time that the key itself is told. */
  createProvisionerKey(
    organization: string,
    body: CreateProvisionerKeyRequest,
    options?: RequestOptions,
  ): Promise<CreateProvisionerKeyResponse> {
    const at = path`/api/v2/organizations/${organization}/provisionerkeys`;
    return this.connection.json<CreateProvisionerKeyResponse>("POST", at, { ...options, body });
  }

  deleteProvisionerKey(organization: string, name: string, options?: RequestOptions): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/organizations/${organization}/provisionerkeys/${name}`, options);
  }

  provisionerDaemons(organization: string, options?: RequestOptions): Promise<ProvisionerDaemon[]> {
    return this.#list<ProvisionerDaemon>(path`/api/v2/organizations/${organization}/provisionerdaemons`, options);
  }

  provisionerJobs(
    organization: string,
    options: RequestOptions & { readonly limit?: number; readonly status?: ProvisionerJobStatus } = {},
  ): Promise<ProvisionerJob[]> {
    const { signal, ...query } = options;
    return this.connection.json<ProvisionerJob[]>("GET", path`/api/v2/organizations/${organization}/provisionerjobs`, {
      signal,
      query,
    });
  }

  provisionerJob(organization: string, job: string, options?: RequestOptions): Promise<ProvisionerJob> {
    return this.#get<ProvisionerJob>(path`/api/v2/organizations/${organization}/provisionerjobs/${job}`, options);
  }

  // Files and template versions

  /** @param archive a tar, at most 100 MiB. The same bytes from the same user get the same id again. */
  uploadFile(archive: Uint8Array<ArrayBuffer>, options?: RequestOptions): Promise<UploadResponse> {
    const bytes = { content: archive, type: "application/x-tar" };
    return this.connection.json<UploadResponse>("POST", "/api/v2/files", { ...options, bytes });
  }

  downloadFile(id: string, options?: RequestOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/api/v2/files/${id}`, options);
  }

  /** Starts the import job; follow its logs, then ask for the version again to learn how it ended. */
  createTemplateVersion(organization: string, body: CreateTemplateVersionRequest, options?: RequestOptions): Promise<TemplateVersion> {
    const at = path`/api/v2/organizations/${organization}/templateversions`;
    return this.connection.json<TemplateVersion>("POST", at, { ...options, body });
  }

  templateVersion(id: string, options?: RequestOptions): Promise<TemplateVersion> {
    return this.#get<TemplateVersion>(path`/api/v2/templateversions/${id}`, options);
  }

  cancelTemplateVersion(id: string, options?: RequestOptions): Promise<void> {
    return this.connection.done("PATCH", path`/api/v2/templateversions/${id}/cancel`, options);
  }

  templateVersionLogs(id: string, options?: LogOptions): Promise<ProvisionerJobLog[]> {
    return this.#logs<ProvisionerJobLog>(path`/api/v2/templateversions/${id}/logs`, options);
  }

  /** Older lines first, then live ones; ends when the job has ended and all was sent. */
  followTemplateVersionLogs(id: string, options?: LogOptions): AsyncGenerator<ProvisionerJobLog> {
    return this.#follow<ProvisionerJobLog>(path`/api/v2/templateversions/${id}/logs`, options);
  }

  templateVersionResources(id: string, options?: RequestOptions): Promise<WorkspaceResource[]> {
    return this.#list<WorkspaceResource>(path`/api/v2/templateversions/${id}/resources`, options);
  }

  templateVersionRichParameters(id: string, options?: RequestOptions): Promise<TemplateVersionParameter[]> {
    return this.#list<TemplateVersionParameter>(path`/api/v2/templateversions/${id}/rich-parameters`, options);
  }

  /** Its Terraform variables, with the values that the version was made with. */
  templateVersionVariables(id: string, options?: RequestOptions): Promise<TemplateVersionVariable[]> {
    return this.#list<TemplateVersionVariable>(path`/api/v2/templateversions/${id}/variables`, options);
  }

  templateVersionExternalAuth(id: string, options?: RequestOptions): Promise<TemplateVersionExternalAuth[]> {
    return this.#list<TemplateVersionExternalAuth>(path`/api/v2/templateversions/${id}/external-auth`, options);
  }

  // Templates

  createTemplate(organization: string, body: CreateTemplateRequest, options?: RequestOptions): Promise<Template> {
    return this.connection.json<Template>("POST", path`/api/v2/organizations/${organization}/templates`, { ...options, body });
  }

  /** Of every organization that the caller can see, or of one. */
  templates(options: RequestOptions & { readonly organization?: string } = {}): Promise<Template[]> {
    const at = options.organization === undefined ? "/api/v2/templates" : path`/api/v2/organizations/${options.organization}/templates`;
    return this.#list<Template>(at, { signal: options.signal });
  }

  template(id: string, options?: RequestOptions): Promise<Template> {
    return this.#get<Template>(path`/api/v2/templates/${id}`, options);
  }

  templateByName(organization: string, name: string, options?: RequestOptions): Promise<Template> {
    return this.#get<Template>(path`/api/v2/organizations/${organization}/templates/${name}`, options);
  }

  templateVersions(template: string, options?: RequestOptions): Promise<TemplateVersion[]> {
    return this.#list<TemplateVersion>(path`/api/v2/templates/${template}/versions`, options);
  }

  templateVersionByName(template: string, name: string, options?: RequestOptions): Promise<TemplateVersion> {
    return this.#get<TemplateVersion>(path`/api/v2/templates/${template}/versions/${name}`, options);
  }

  /** By the name of its template. */
  templateVersionOfOrganization(organization: string, template: string, name: string, options?: RequestOptions): Promise<TemplateVersion> {
    return this.#get<TemplateVersion>(path`/api/v2/organizations/${organization}/templates/${template}/versions/${name}`, options);
  }

  /** New workspaces use this version from now on; existing ones report that they are outdated. */
  setActiveTemplateVersion(template: string, version: string, options?: RequestOptions): Promise<void> {
    return this.connection.done("PATCH", path`/api/v2/templates/${template}/versions`, { ...options, body: { id: version } });
  }

  /** Refused with 400 while workspaces of it remain. */
  deleteTemplate(id: string, options?: RequestOptions): Promise<void> {
    return this.connection.done("DELETE", path`/api/v2/templates/${id}`, options);
  }

  // Workspaces and builds

  createWorkspace(user: string, body: CreateWorkspaceRequest, options?: RequestOptions): Promise<Workspace> {
    return this.connection.json<Workspace>("POST", path`/api/v2/users/${user}/workspaces`, { ...options, body });
  }

  /** @param options.q search terms such as `owner:me status:running name:dev` */
  workspaces(options: PageOptions & { readonly q?: string } = {}): Promise<WorkspacesResponse> {
    const { signal, ...query } = options;
    return this.connection.json<WorkspacesResponse>("GET", "/api/v2/workspaces", { signal, query });
  }

  /** Of a deleted workspace only with `includeDeleted`; without it the server answers 410. */
  workspace(id: string, options: RequestOptions & { readonly includeDeleted?: boolean } = {}): Promise<Workspace> {
    const query = { include_deleted: options.includeDeleted };
    return this.connection.json<Workspace>("GET", path`/api/v2/workspaces/${id}`, { signal: options.signal, query });
  }

  workspaceByName(user: string, name: string, options?: RequestOptions): Promise<Workspace> {
    return this.#get<Workspace>(path`/api/v2/users/${user}/workspace/${name}`, options);
  }

  /** Refused with 409 while another build of the workspace is active. */
  createWorkspaceBuild(workspace: string, body: CreateWorkspaceBuildRequest, options?: RequestOptions): Promise<WorkspaceBuild> {
    return this.connection.json<WorkspaceBuild>("POST", path`/api/v2/workspaces/${workspace}/builds`, { ...options, body });
  }

  /** Newest first. */
  workspaceBuilds(workspace: string, options: PageOptions = {}): Promise<WorkspaceBuild[]> {
    const { signal, ...query } = options;
    return this.connection.json<WorkspaceBuild[]>("GET", path`/api/v2/workspaces/${workspace}/builds`, { signal, query });
  }

  workspaceBuild(id: string, options?: RequestOptions): Promise<WorkspaceBuild> {
    return this.#get<WorkspaceBuild>(path`/api/v2/workspacebuilds/${id}`, options);
  }

  workspaceBuildByNumber(user: string, workspace: string, number: number, options?: RequestOptions): Promise<WorkspaceBuild> {
    return this.#get<WorkspaceBuild>(path`/api/v2/users/${user}/workspace/${workspace}/builds/${number}`, options);
  }

  cancelWorkspaceBuild(id: string, options: RequestOptions & { readonly expectStatus?: "running" | "pending" } = {}): Promise<void> {
    const query = { expect_status: options.expectStatus };
    return this.connection.done("PATCH", path`/api/v2/workspacebuilds/${id}/cancel`, { signal: options.signal, query });
  }

  workspaceBuildLogs(id: string, options?: LogOptions): Promise<ProvisionerJobLog[]> {
    return this.#logs<ProvisionerJobLog>(path`/api/v2/workspacebuilds/${id}/logs`, options);
  }

  /** Older lines first, then live ones; ends when the job has ended and all was sent. */
  followWorkspaceBuildLogs(id: string, options?: LogOptions): AsyncGenerator<ProvisionerJobLog> {
    return this.#follow<ProvisionerJobLog>(path`/api/v2/workspacebuilds/${id}/logs`, options);
  }

  workspaceBuildParameters(id: string, options?: RequestOptions): Promise<WorkspaceBuildParameter[]> {
    return this.#list<WorkspaceBuildParameter>(path`/api/v2/workspacebuilds/${id}/parameters`, options);
  }

  workspaceBuildResources(id: string, options?: RequestOptions): Promise<WorkspaceResource[]> {
    return this.#list<WorkspaceResource>(path`/api/v2/workspacebuilds/${id}/resources`, options);
  }

  /** Terraform's state as the build left it. Only for those who may update the template: it holds secrets. Empty: there is none. */
  workspaceBuildState(id: string, options?: RequestOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.connection.bytes("GET", path`/api/v2/workspacebuilds/${id}/state`, options);
  }

  // Agents, as their users see them

  workspaceAgent(id: string, options?: RequestOptions): Promise<WorkspaceAgent> {
    return this.#get<WorkspaceAgent>(path`/api/v2/workspaceagents/${id}`, options);
  }

  workspaceAgentLogs(id: string, options?: LogOptions): Promise<WorkspaceAgentLog[]> {
    return this.#logs<WorkspaceAgentLog>(path`/api/v2/workspaceagents/${id}/logs`, options);
  }

  /** Batches: older lines first, then live ones; ends when the agent no longer belongs to the workspace's latest build. */
  followWorkspaceAgentLogs(id: string, options?: LogOptions): AsyncGenerator<WorkspaceAgentLog[]> {
    return this.#follow<WorkspaceAgentLog[]>(path`/api/v2/workspaceagents/${id}/logs`, options);
  }

  // Agents, for themselves: with an agent's token only

  /** The owner's Git SSH key, both halves. 403 for an agent whose scope leaves out user data. */
  agentGitSshKey(options?: RequestOptions): Promise<AgentGitSSHKey> {
    return this.#get<AgentGitSSHKey>("/api/v2/workspaceagents/me/gitsshkey", options);
  }

  /** By a provider's id, or by a Git URL that a provider's pattern matches: exactly one. Not linked yet: only `url` is filled. */
  agentExternalAuth(
    query: { readonly id: string } | { readonly match: string },
    options?: RequestOptions,
  ): Promise<AgentExternalAuthResponse> {
    return this.connection.json<AgentExternalAuthResponse>("GET", "/api/v2/workspaceagents/me/external-auth", { ...options, query });
  }

  /** The older form of {@link agentExternalAuth}. */
  agentGitAuth(match: string, options?: RequestOptions): Promise<AgentExternalAuthResponse> {
    return this.connection.json<AgentExternalAuthResponse>("GET", "/api/v2/workspaceagents/me/gitauth", { ...options, query: { match } });
  }

  postAgentLogSource(body: PostLogSourceRequest, options?: RequestOptions): Promise<WorkspaceAgentLogSource> {
    return this.connection.json<WorkspaceAgentLogSource>("POST", "/api/v2/workspaceagents/me/log-source", { ...options, body });
  }

  /** 413 once an agent has sent 1 MiB in all. */
  patchAgentLogs(body: PatchLogs, options?: RequestOptions): Promise<void> {
    return this.connection.done("PATCH", "/api/v2/workspaceagents/me/logs", { ...options, body });
  }

  #get<T>(at: string, options?: RequestOptions): Promise<T> {
    return this.connection.json<T>("GET", at, options);
  }

  #list<T>(at: string, options?: RequestOptions): Promise<T[]> {
    return this.connection.json<T[]>("GET", at, options);
  }

  #logs<T>(at: string, { after, signal }: LogOptions = {}): Promise<T[]> {
    return this.connection.json<T[]>("GET", at, { signal, query: { after } });
  }

  async *#follow<T>(at: string, { after, signal }: LogOptions = {}): AsyncGenerator<T> {
    for await (const frame of this.connection.frames(at, { signal, query: { follow: true, after } })) yield JSON.parse(frame) as T;
  }
}
