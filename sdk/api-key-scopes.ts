// Written by `npm run generate` from authz/scope-catalog.ts.

/** Every scope that an API token can have. */
export const APIKeyScope = {
  /** All actions on API tokens and sessions. */
  ApiKeyAll: "api_key:*",
  /** Create API tokens. */
  ApiKeyCreate: "api_key:create",
  /** Delete and expire API tokens and sessions. */
  ApiKeyDelete: "api_key:delete",
  /** View API tokens and sessions, without their secrets. */
  ApiKeyRead: "api_key:read",
  /** Change API tokens: scopes, allow list, lifetime. */
  ApiKeyUpdate: "api_key:update",
  /** View the audit log. */
  AuditLogRead: "audit_log:read",
  /** Everything that the user may do. For whoever may write templates, as good as code on the server. */
  CoderAll: "coder:all",
  /** Manage your own API tokens and sessions. */
  CoderApikeysManageSelf: "coder:apikeys.manage_self",
  /** Connect to the apps of workspaces, and nothing else. */
  CoderApplicationConnect: "coder:application_connect",
  /** Write templates: upload archives, create, change and delete templates, and see how they are used. For whoever may write templates, as good as code on the server. */
  CoderTemplatesAuthor: "coder:templates.author",
  /** Try out template versions: upload archives, read templates and the jobs that build them. */
  CoderTemplatesBuild: "coder:templates.build",
  /** Push templates: upload archives, create and change templates, and activate their versions. For whoever may write templates, as good as code on the server. */
  CoderTemplatesPush: "coder:templates.push",
  /** Use workspaces: view them, and connect by SSH and to their apps. */
  CoderWorkspacesAccess: "coder:workspaces.access",
  /** Create workspaces from templates, and start, stop and update them. */
  CoderWorkspacesCreate: "coder:workspaces.create",
  /** Delete workspaces that you can see. */
  CoderWorkspacesDelete: "coder:workspaces.delete",
  /** Start, stop and update existing workspaces. */
  CoderWorkspacesOperate: "coder:workspaces.operate",
  /** All actions on uploaded files. */
  FileAll: "file:*",
  /** Upload files. */
  FileCreate: "file:create",
  /** Download uploaded files. */
  FileRead: "file:read",
  /** All actions on organizations, including creating them. */
  OrganizationAll: "organization:*",
  /** Delete organizations. */
  OrganizationDelete: "organization:delete",
  /** View organizations. */
  OrganizationRead: "organization:read",
  /** Change organizations. */
  OrganizationUpdate: "organization:update",
  /** All actions on templates, including their insights. For whoever may write templates, as good as code on the server. */
  TemplateAll: "template:*",
  /** Create templates. For whoever may write templates, as good as code on the server. */
  TemplateCreate: "template:create",
  /** Delete templates. */
  TemplateDelete: "template:delete",
  /** View templates and their versions. */
  TemplateRead: "template:read",
  /** Change templates and their versions. For whoever may write templates, as good as code on the server. */
  TemplateUpdate: "template:update",
  /** Create workspaces from templates. */
  TemplateUse: "template:use",
  /** All actions on users, including creating and deleting them. */
  UserAll: "user:*",
  /** View users. */
  UserRead: "user:read",
  /** Read a user's personal data: Git SSH key, external logins, settings. */
  UserReadPersonal: "user:read_personal",
  /** Change a user's personal data: Git SSH key, external logins, settings. */
  UserUpdatePersonal: "user:update_personal",
  /** All actions on workspaces, including sharing them. */
  WorkspaceAll: "workspace:*",
  /** Connect to the apps of workspaces. */
  WorkspaceApplicationConnect: "workspace:application_connect",
  /** Create workspaces. */
  WorkspaceCreate: "workspace:create",
  /** Delete workspaces. */
  WorkspaceDelete: "workspace:delete",
  /** View workspaces, their builds, agents and logs. */
  WorkspaceRead: "workspace:read",
  /** Connect to workspaces by SSH. */
  WorkspaceSsh: "workspace:ssh",
  /** Start workspaces. */
  WorkspaceStart: "workspace:start",
  /** Stop workspaces. */
  WorkspaceStop: "workspace:stop",
  /** Change workspaces and their settings. */
  WorkspaceUpdate: "workspace:update",
} as const;
export type APIKeyScope = (typeof APIKeyScope)[keyof typeof APIKeyScope];

/** Sorted by name, as `GET /api/v2/auth/scopes` lists them. */
export const APIKeyScopes: readonly APIKeyScope[] = Object.values(APIKeyScope);
