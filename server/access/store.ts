/**
 * The store: every row that Proviso keeps, behind one decision.
 *
 * Routes get a `Store` and reach data only through `store.as(subject)`, a `StoreView`: each query there names its action and its object
 * and asks authz. What the subject may not read answers `NotFoundError`, exactly as what does not exist; what it may read but not
 * change throws `ForbiddenError`; lists leave out what it may not read. Internal work (jobs, authentication, setup) uses `store.system`,
 * which only start.ts has (`OpenStore`).
 *
 * Where things are: tables.ts the tables' types · open-store.ts opens SQLite or PostgreSQL · database/ what differs between the two ·
 * migrations/ the schema · rules/ what each query asks, the guard that it asks, and a decision as SQL · events.ts who is told of a change ·
 * one file an entity (people/users.ts, templates/templates.ts, …), beside what belongs to it · keys/ also who shows one ·
 * ../jobs the queue · ../encryption sealed columns · ../ids.ts, ../errors.ts.
 *
 * Rows keep their column names. Inputs are camelCase. Every write is one transaction; a failed one leaves nothing behind.
 */
import type { Subject } from "#authz/subject.ts";
import type { Agents } from "../agents/agents.ts";
import type { AuditLogs } from "../audit-log/audit-logs.ts";
import type { StoreEvents } from "../database/events.ts";
import type { ExternalAuthLinks } from "../external-auth/links.ts";
import type { Files } from "../files/files.ts";
import type { OrganizationMembers } from "../organizations/organization-members.ts";
import type { Organizations } from "../organizations/organizations.ts";
import type { GitSshKeys } from "../people/git-ssh-keys.ts";
import type { Setup } from "../people/setup.ts";
import type { Users } from "../people/users.ts";
import type { Jobs } from "../provisioning/jobs.ts";
import type { ProvisionerDaemons } from "../provisioning/provisioner-daemons.ts";
import type { ProvisionerKeys } from "../provisioning/provisioner-keys.ts";
import type { Resources } from "../resources/resources.ts";
import type { Roles } from "../roles/roles.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { TemplateVersions } from "../templates/template-versions.ts";
import type { Templates } from "../templates/templates.ts";
import type { ApiKeys } from "../tokens/api-keys.ts";
import type { ApiKeyUsage } from "../usage/api-key-usage.ts";
import type { WorkspaceBuilds } from "../workspaces/builds.ts";
import type { Workspaces } from "../workspaces/workspaces.ts";
import type { Authentication } from "./authentication.ts";
import type { StoreCore } from "./context.ts";

/** All entities, as far as one subject may reach them. */
export interface StoreView {
  readonly agents: Agents;
  readonly apiKeys: ApiKeys;
  readonly apiKeyUsage: ApiKeyUsage;
  readonly auditLogs: AuditLogs;
  readonly builds: WorkspaceBuilds;
  readonly externalAuthLinks: ExternalAuthLinks;
  readonly files: Files;
  readonly gitSshKeys: GitSshKeys;
  readonly jobs: Jobs;
  readonly organizationMembers: OrganizationMembers;
  readonly organizations: Organizations;
  readonly provisionerDaemons: ProvisionerDaemons;
  readonly provisionerKeys: ProvisionerKeys;
  readonly resources: Resources;
  readonly roles: Roles;
  readonly templates: Templates;
  readonly templateVersions: TemplateVersions;
  readonly users: Users;
  readonly workspaces: Workspaces;
}

/** What routes get. */
export interface Store {
  as(subject: Subject): StoreView;
}

/** The same entities without a decision, and what has no subject yet. */
export interface SystemStore extends StoreView {
  readonly authentication: Authentication;
  readonly sessions: Sessions;
  readonly setup: Setup;
  /** For the job queue, which is made of the store's rows. */
  readonly core: StoreCore;
}

/** What start.ts gets. Closing ends subscriptions and connections; closing twice is harmless. */
export interface OpenStore extends Store, AsyncDisposable {
  readonly system: SystemStore;
  readonly events: StoreEvents;
  /** Answers when the database does. For `/healthz`. @throws StoreUnavailableError */
  ping(): Promise<void>;
}
