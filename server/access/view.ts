/**
 * One subject's view of the store: every entity, behind its rules. Each call of a method is a query with a guard of its own, so that what
 * it asks is known: a query without a rule does not run, one that asks what its rule does not say fails, and one that asked nothing gives
 * no answer. In tests as in production: the price is a guard and an entity's functions, about a microsecond a query.
 */
import type { Subject } from "#authz/subject.ts";
import { type Agents, createAgents } from "../agents/agents.ts";
import { type AuditLogs, createAuditLogs } from "../audit-log/audit-logs.ts";
import { createExternalAuthLinks, type ExternalAuthLinks } from "../external-auth/links.ts";
import { createFiles, type Files } from "../files/files.ts";
import { createOrganizationMembers, type OrganizationMembers } from "../organizations/organization-members.ts";
import { createOrganizations, type Organizations } from "../organizations/organizations.ts";
import { createGitSshKeys, type GitSshKeys } from "../people/git-ssh-keys.ts";
import { createUsers, type Users } from "../people/users.ts";
import { createJobs, type Jobs } from "../provisioning/jobs.ts";
import { createProvisionerDaemons, type ProvisionerDaemons } from "../provisioning/provisioner-daemons.ts";
import { createProvisionerKeys, type ProvisionerKeys } from "../provisioning/provisioner-keys.ts";
import { createResources, type Resources } from "../resources/resources.ts";
import { createRoles, type Roles } from "../roles/roles.ts";
import { createTemplateVersions, type TemplateVersions } from "../templates/template-versions.ts";
import { createTemplates, type Templates } from "../templates/templates.ts";
import { type ApiKeys, createApiKeys } from "../tokens/api-keys.ts";
import { type ApiKeyUsage, createApiKeyUsage } from "../usage/api-key-usage.ts";
import { createBuilds, type WorkspaceBuilds } from "../workspaces/builds.ts";
import { createWorkspaces, type Workspaces } from "../workspaces/workspaces.ts";
import type { StoreContext, StoreCore } from "./context.ts";
import { type QueryHooks, ruledEntity } from "./ruled-entity.ts";
import type { StoreView } from "./store.ts";

type Make<E> = (context: StoreContext) => E;

export class View implements StoreView {
  readonly #core: StoreCore;
  readonly #subject: Subject;
  readonly #hooks: QueryHooks;
  readonly #made = new Map<keyof StoreView, unknown>();

  constructor(core: StoreCore, subject: Subject, hooks: QueryHooks = {}) {
    this.#core = core;
    this.#subject = subject;
    this.#hooks = hooks;
  }

  get agents(): Agents {
    return this.#entity("agents", createAgents);
  }
  get apiKeys(): ApiKeys {
    return this.#entity("apiKeys", createApiKeys);
  }
  get apiKeyUsage(): ApiKeyUsage {
    return this.#entity("apiKeyUsage", createApiKeyUsage);
  }
  get auditLogs(): AuditLogs {
    return this.#entity("auditLogs", createAuditLogs);
  }
  get builds(): WorkspaceBuilds {
    return this.#entity("builds", createBuilds);
  }
  get externalAuthLinks(): ExternalAuthLinks {
    return this.#entity("externalAuthLinks", createExternalAuthLinks);
  }
  get files(): Files {
    return this.#entity("files", createFiles);
  }
  get gitSshKeys(): GitSshKeys {
    return this.#entity("gitSshKeys", createGitSshKeys);
  }
  get jobs(): Jobs {
    return this.#entity("jobs", createJobs);
  }
  get organizationMembers(): OrganizationMembers {
    return this.#entity("organizationMembers", createOrganizationMembers);
  }
  get organizations(): Organizations {
    return this.#entity("organizations", createOrganizations);
  }
  get provisionerDaemons(): ProvisionerDaemons {
    return this.#entity("provisionerDaemons", createProvisionerDaemons);
  }
  get provisionerKeys(): ProvisionerKeys {
    return this.#entity("provisionerKeys", createProvisionerKeys);
  }
  get resources(): Resources {
    return this.#entity("resources", createResources);
  }
  get roles(): Roles {
    return this.#entity("roles", createRoles);
  }
  get templates(): Templates {
    return this.#entity("templates", createTemplates);
  }
  get templateVersions(): TemplateVersions {
    return this.#entity("templateVersions", createTemplateVersions);
  }
  get users(): Users {
    return this.#entity("users", createUsers);
  }
  get workspaces(): Workspaces {
    return this.#entity("workspaces", createWorkspaces);
  }

  #entity<E extends object>(name: keyof StoreView, make: Make<E>): E {
    const made = this.#made.get(name) ?? ruledEntity(name, (guard) => make({ ...this.#core, guard }), this.#subject, this.#hooks);
    this.#made.set(name, made);
    // Made by the same getter before: one name, one type.
    return made as E;
  }
}
