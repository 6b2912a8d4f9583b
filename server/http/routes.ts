/** Every route, by who may come in. A route's place here is its authentication. */
import type { App } from "./fastify-app.ts";
import type { RouteDeps } from "./route-deps.ts";
import { agentBinaryRoutes } from "./routes/agent-binaries.ts";
import { agentSelfRoutes } from "./routes/agent-self.ts";
import { apiReferenceRoutes } from "./routes/api-reference.ts";
import { auditRoutes } from "./routes/audit.ts";
import { authScopeRoutes } from "./routes/auth-scopes.ts";
import { authcheckRoutes } from "./routes/authcheck.ts";
import { fileRoutes } from "./routes/files.ts";
import { gitSshKeyRoutes } from "./routes/git-ssh-keys.ts";
import { organizationMemberRoutes } from "./routes/organization-members.ts";
import { organizationRoutes } from "./routes/organizations.ts";
import { provisionerRoutes } from "./routes/provisioners.ts";
import { serverInfoRoutes } from "./routes/server-info.ts";
import { signInRoutes, signOutRoutes } from "./routes/sign-in.ts";
import { templateVersionRoutes } from "./routes/template-versions.ts";
import { templateRoutes } from "./routes/templates.ts";
import { tokenUsageRoutes } from "./routes/token-usage.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { userAppearanceRoutes } from "./routes/user-appearance.ts";
import { userOrganizationRoutes } from "./routes/user-organizations.ts";
import { passwordCheckRoutes, userPasswordRoutes } from "./routes/user-password.ts";
import { userRoleRoutes } from "./routes/user-roles.ts";
import { userStatusRoutes } from "./routes/user-status.ts";
import { userRoutes } from "./routes/users.ts";
import { workspaceAgentRoutes } from "./routes/workspace-agents.ts";
import { workspaceBuildRoutes } from "./routes/workspace-builds.ts";
import { workspaceSharingRoutes } from "./routes/workspace-sharing.ts";
import { workspaceRoutes } from "./routes/workspaces.ts";

type Routes = (app: App, deps: RouteDeps) => void;

/** For everybody. */
export const PUBLIC: readonly Routes[] = [
  serverInfoRoutes,
  signInRoutes,
  passwordCheckRoutes,
  authScopeRoutes,
  apiReferenceRoutes,
  agentBinaryRoutes,
];

/** For users with a session key or an API token. */
export const FOR_USERS: readonly Routes[] = [
  signOutRoutes,
  authcheckRoutes,
  userRoutes,
  userStatusRoutes,
  userPasswordRoutes,
  userRoleRoutes,
  userAppearanceRoutes,
  userOrganizationRoutes,
  gitSshKeyRoutes,
  tokenRoutes,
  tokenUsageRoutes,
  organizationRoutes,
  organizationMemberRoutes,
  workspaceSharingRoutes,
  fileRoutes,
  templateVersionRoutes,
  templateRoutes,
  workspaceRoutes,
  workspaceBuildRoutes,
  workspaceAgentRoutes,
  provisionerRoutes,
  auditRoutes,
];

/** For agents of running workspaces, with their own token. */
export const FOR_AGENTS: readonly Routes[] = [agentSelfRoutes];
