/** Every route, by who may come in. A route's place here is its authentication. */

import { agentBinaryRoutes } from "./agents/binary-routes.ts";
import { workspaceAgentRoutes } from "./agents/routes.ts";
import { agentSelfRoutes } from "./agents/self-routes.ts";
import { apiReferenceRoutes } from "./api-docs/reference-routes.ts";
import { authScopeRoutes } from "./api-docs/scope-routes.ts";
import { auditRoutes } from "./audit-log/routes.ts";
import { authcheckRoutes } from "./authcheck/routes.ts";
import { serverInfoRoutes } from "./deployment/routes.ts";
import { fileRoutes } from "./files/routes.ts";
import type { App } from "./http/fastify-app.ts";
import { organizationMemberRoutes } from "./organizations/member-routes.ts";
import { organizationRoutes } from "./organizations/routes.ts";
import { workspaceSharingRoutes } from "./organizations/sharing-routes.ts";
import { userOrganizationRoutes } from "./organizations/user-routes.ts";
import { userAppearanceRoutes } from "./people/appearance-routes.ts";
import { gitSshKeyRoutes } from "./people/git-ssh-key-routes.ts";
import { passwordCheckRoutes, userPasswordRoutes } from "./people/password-routes.ts";
import { userRoleRoutes } from "./people/role-routes.ts";
import { userRoutes } from "./people/routes.ts";
import { userStatusRoutes } from "./people/status-routes.ts";
import { provisionerRoutes } from "./provisioning/routes.ts";
import type { RouteDeps } from "./route-deps.ts";
import { signInRoutes, signOutRoutes } from "./sessions/routes.ts";
import { templateRoutes } from "./templates/routes.ts";
import { templateVersionRoutes } from "./templates/version-routes.ts";
import { tokenRoutes } from "./tokens/routes.ts";
import { tokenUsageRoutes } from "./usage/routes.ts";
import { workspaceBuildRoutes } from "./workspaces/build-routes.ts";
import { workspaceRoutes } from "./workspaces/routes.ts";

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
