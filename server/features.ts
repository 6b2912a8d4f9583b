/** All features of the server: their routes, by who may come in, and the kinds of jobs that they have done. */

import type { Authentication } from "./access/authentication.ts";
import { agentBinaryRoutes } from "./agents/binary-routes.ts";
import { workspaceAgentRoutes } from "./agents/routes.ts";
import { agentSelfRoutes } from "./agents/self-routes.ts";
import { apiReferenceRoutes } from "./api-docs/reference-routes.ts";
import { authScopeRoutes } from "./api-docs/scope-routes.ts";
import { auditRoutes } from "./audit-log/routes.ts";
import { authcheckRoutes } from "./authcheck/routes.ts";
import type { JobType } from "./database/tables/provisioning.ts";
import { serverInfoRoutes } from "./deployment/routes.ts";
import type { ExternalAuthProvider } from "./external-auth/provider.ts";
import { fileRoutes } from "./files/routes.ts";
import { type DescribedRoute, describeRoutes } from "./http/described-routes.ts";
import type { RateLimits } from "./http/rate-limit.ts";
import type { Routes } from "./http/routes.ts";
import { organizationMemberRoutes } from "./organizations/member-routes.ts";
import { organizationRoutes } from "./organizations/routes.ts";
import { workspaceSharingRoutes } from "./organizations/sharing-routes.ts";
import { userOrganizationRoutes } from "./organizations/user-routes.ts";
import { userAppearanceRoutes } from "./people/appearance-routes.ts";
import { gitSshKeyRoutes } from "./people/git-ssh-key-routes.ts";
import { passwordCheckRoutes, userPasswordRoutes } from "./people/password-routes.ts";
import { userRoleRoutes } from "./people/role-routes.ts";
import { userRoutes } from "./people/routes.ts";
import type { Setup } from "./people/set-up.ts";
import { userStatusRoutes } from "./people/status-routes.ts";
import { provisionerDaemonRoutes } from "./provisioning/daemon-routes.ts";
import { endOrganizationJobs } from "./provisioning/end-organization.ts";
import type { JobKind } from "./provisioning/job-kind.ts";
import { provisionerKeyRoutes } from "./provisioning/provisioner-key-routes.ts";
import { provisionerJobRoutes } from "./provisioning/routes.ts";
import { signInRoutes, signOutRoutes } from "./sessions/routes.ts";
import type { Sessions } from "./sessions/sessions.ts";
import { TEMPLATE_DRY_RUN } from "./templates/dry-run-job.ts";
import { TEMPLATE_IMPORT } from "./templates/import-job.ts";
import { templateRoutes } from "./templates/routes.ts";
import { templateVersionRoutes } from "./templates/version-routes.ts";
import type { TokenLifetimes } from "./tokens/lifetimes.ts";
import { tokenRoutes } from "./tokens/routes.ts";
import { tokenUsageRoutes } from "./usage/routes.ts";
import type { UsageRecorder } from "./usage/usage-recorder.ts";
import { WORKSPACE_BUILD } from "./workspaces/build-job.ts";
import { workspaceBuildRoutes } from "./workspaces/build-routes.ts";
import { buildStateRoutes } from "./workspaces/build-state-routes.ts";
import { workspaceRoutes } from "./workspaces/routes.ts";

/** What routes may use besides their caller's access. */
export interface RouteDeps {
  readonly authentication: Authentication;
  /** A UUID created once for this deployment. */
  readonly deploymentId: string;
  readonly setup: Setup;
  readonly sessions: Sessions;
  readonly usage: Pick<UsageRecorder, "flush">;
  /** Rejects if the database does not answer. */
  readonly ping: () => Promise<void>;
  readonly now: () => Date;
  /** The address at which browsers and agents reach this server, without a trailing slash. */
  readonly accessUrl: () => string;
  readonly externalAuthProviders: readonly ExternalAuthProvider[];
  /** Contains `coder-<os>-<arch>[.exe]`. Undefined: there are none to download. */
  readonly agentBinaryDirectory: string | undefined;
  readonly rateLimits: RateLimits;
  readonly tokenLifetimes: TokenLifetimes;
}

/** A kind for each type of job that the database can hold. */
export const JOB_KINDS: readonly JobKind[] = Object.values({
  template_version_import: TEMPLATE_IMPORT,
  template_version_dry_run: TEMPLATE_DRY_RUN,
  workspace_build: WORKSPACE_BUILD,
} satisfies { readonly [T in JobType]: JobKind & { readonly type: T } });

export function routesOf(deps: RouteDeps): Routes {
  // The API document is made from all routes, including its own, on a separate app, when somebody asks for it.
  const documented = { routes: () => routesOf(UNUSED) };
  return {
    everybody: [
      (app) => serverInfoRoutes(app, deps),
      (app) => signInRoutes(app, deps),
      passwordCheckRoutes,
      (app) => authScopeRoutes(app, documented),
      (app) => apiReferenceRoutes(app, documented),
      (app) => agentBinaryRoutes(app, deps),
    ],
    users: [
      (app) => signOutRoutes(app, deps),
      authcheckRoutes,
      userRoutes,
      userStatusRoutes,
      (app) => userPasswordRoutes(app, deps),
      userRoleRoutes,
      userAppearanceRoutes,
      userOrganizationRoutes,
      gitSshKeyRoutes,
      (app) => tokenRoutes(app, deps),
      (app) => tokenUsageRoutes(app, deps),
      (app) => organizationRoutes(app, { ends: [endOrganizationJobs(JOB_KINDS)] }),
      organizationMemberRoutes,
      workspaceSharingRoutes,
      (app) => fileRoutes(app, deps),
      (app) => templateVersionRoutes(app, deps),
      templateRoutes,
      (app) => workspaceRoutes(app, deps),
      (app) => workspaceBuildRoutes(app, deps),
      buildStateRoutes,
      (app) => workspaceAgentRoutes(app, deps),
      (app) => provisionerKeyRoutes(app, { kinds: JOB_KINDS }),
      (app) => provisionerDaemonRoutes(app, { ...deps, kinds: JOB_KINDS }),
      (app) => provisionerJobRoutes(app, { ...deps, kinds: JOB_KINDS }),
      auditRoutes,
    ],
    agents: [(app) => agentSelfRoutes(app, deps)],
  };
}

/** For routes that are described and never called. The limits show which routes have one. */
const UNUSED = { rateLimits: { login: 60, files: 12 } } as unknown as RouteDeps;

/** Returns the routes for description only; they are the same whatever the configuration. */
export function unusedRoutes(): Routes {
  return routesOf(UNUSED);
}

/** Returns every route as it describes itself. */
export function describedRoutes(): Promise<readonly DescribedRoute[]> {
  return describeRoutes(unusedRoutes());
}
