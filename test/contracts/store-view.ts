import type { Access } from "#server/access/access.ts";
import type { Ruled } from "#server/access/ruled.ts";
import * as agents from "#server/agents/queries.ts";
import * as auditlog from "#server/audit-log/queries.ts";
import * as externalauth from "#server/external-auth/queries.ts";
import * as files from "#server/files/queries.ts";
import * as organizations from "#server/organizations/queries.ts";
import * as people from "#server/people/queries.ts";
import * as provisioning from "#server/provisioning/queries.ts";
import * as resources from "#server/resources/queries.ts";
import * as roles from "#server/roles/queries.ts";
import * as templates from "#server/templates/queries.ts";
import { deleteKey, expireKey } from "#server/tokens/end-key.ts";
import { mintSessionKey } from "#server/tokens/mint-session-key.ts";
import { mintToken } from "#server/tokens/mint-token.ts";
import { getKey, getToken, listTokens } from "#server/tokens/read-tokens.ts";
import { updateToken } from "#server/tokens/update-token.ts";
import { usageOfKey } from "#server/usage/read-usage.ts";
import * as workspaces from "#server/workspaces/queries.ts";

/** All queries for one subject, under the names of their rules: `view.templates.create`. */
export type StoreView = ReturnType<typeof viewOf>;

export function viewOf(access: Access) {
  const of =
    <A extends readonly unknown[], R>(query: Ruled<A, R>) =>
    (...args: A): R =>
      query(access, ...args);
  return {
    agents: {
      get: of(agents.getAgent),
      manifest: of(agents.getManifest),
      workspaceOf: of(agents.workspaceOfAgent),
      markConnected: of(agents.markAgentConnected),
      markDisconnected: of(agents.markAgentDisconnected),
      updateStartup: of(agents.reportStartup),
      setLifecycle: of(agents.reportLifecycle),
      updateMetadata: of(agents.reportMetadata),
      updateAppHealths: of(agents.reportAppHealths),
      recordScriptTiming: of(agents.reportScriptTiming),
      createLogSource: of(agents.createLogSource),
      appendLogs: of(agents.appendLogs),
      logs: of(agents.listAgentLogs),
      followLogs: of(agents.followAgentLogs),
    },

    apiKeys: {
      mint: of(mintToken),
      mintSession: of(mintSessionKey),
      update: of(updateToken),
      get: of(getKey),
      getByName: of(getToken),
      listTokens: of(listTokens),
      expire: of(expireKey),
      delete: of(deleteKey),
    },

    apiKeyUsage: {
      of: of(usageOfKey),
    },

    auditLogs: {
      list: of(auditlog.listAuditLogs),
    },

    builds: {
      create: of(workspaces.enqueueBuild),
      get: of(workspaces.getBuild),
      getByNumber: of(workspaces.getBuildByNumber),
      getLatest: of(workspaces.getLatestBuild),
      latestOf: of(workspaces.latestBuildsOf),
      list: of(workspaces.listBuilds),
      parameters: of(workspaces.listBuildParameters),
      state: of(workspaces.getBuildState),
    },

    externalAuthLinks: {
      find: of(externalauth.findLink),
      list: of(externalauth.listLinks),
      put: of(externalauth.putLink),
      delete: of(externalauth.deleteLink),
    },

    files: {
      create: of(files.createFile),
      get: of(files.getFile),
    },

    gitSshKeys: {
      get: of(people.getGitSshKey),
      getPair: of(people.getGitSshKeyPair),
      regenerate: of(people.regenerateGitSshKey),
    },

    jobs: {
      get: of(provisioning.getJob),
      list: of(provisioning.listJobs),
      logs: of(provisioning.listJobLogs),
      followLogs: of(provisioning.followJobLogs),
      waitUntilOver: of(provisioning.waitUntilJobIsOver),
      cancel: of(provisioning.cancelJob),
    },

    organizations: {
      get: of(organizations.getOrganization),
      getByReference: of(organizations.getOrganizationByReference),
      findOwnId: of(organizations.findOwnOrganizationId),
      list: of(organizations.listOrganizations),
      listOfUser: of(organizations.listOrganizationsOfUser),
      create: of(organizations.insertOrganization),
      update: of(organizations.patchOrganization),
      delete: of(organizations.deleteOrganization),
    },

    organizationMembers: {
      get: of(organizations.getMember),
      list: of(organizations.listMembers),
      possibleOwners: of(organizations.listPossibleOwners),
      add: of(organizations.addMember),
      remove: of(organizations.removeMember),
      setRoles: of(organizations.setMemberRoles),
    },

    provisionerDaemons: {
      list: of(provisioning.listDaemons),
    },

    provisionerKeys: {
      create: of(provisioning.createProvisionerKey),
      list: of(provisioning.listProvisionerKeys),
      getByName: of(provisioning.getProvisionerKey),
      delete: of(provisioning.deleteProvisionerKey),
    },

    resources: {
      ofJob: of(resources.resourcesOfJob),
      ofJobs: of(resources.resourcesOfJobs),
    },

    roles: {
      ofSite: of(roles.listSiteRoles),
      ofOrganization: of(roles.listOrganizationRoles),
    },

    templates: {
      create: of(templates.insertTemplate),
      get: of(templates.getTemplate),
      getByName: of(templates.getTemplateByName),
      list: of(templates.listTemplates),
      update: of(templates.updateTemplate),
      setActiveVersion: of(templates.setActiveVersion),
      delete: of(templates.deleteTemplate),
    },

    templateVersions: {
      create: of(templates.insertTemplateVersion),
      get: of(templates.getTemplateVersion),
      getByName: of(templates.getTemplateVersionByName),
      list: of(templates.listTemplateVersions),
      update: of(templates.updateTemplateVersion),
      parameters: of(templates.listParameters),
      variables: of(templates.listVariables),
      presets: of(templates.listPresets),
    },

    users: {
      get: of(people.getUser),
      self: of(people.getSelf),
      getPersonal: of(people.getPersonal),
      find: of(people.findUserByReference),
      list: of(people.listUsers),
      create: of(people.insertUserBySubject),
      update: of(people.patchUser),
      setStatus: of(people.setUserStatus),
      setPassword: of(people.setUserPassword),
      roles: of(people.getUserRoles),
      setRoles: of(people.setUserRoles),
      appearance: of(people.getAppearance),
      setAppearance: of(people.setAppearance),
      delete: of(people.deleteUser),
    },

    workspaces: {
      create: of(workspaces.insertWorkspace),
      get: of(workspaces.getWorkspace),
      getByOwnerAndName: of(workspaces.getWorkspaceByOwnerAndName),
      list: of(workspaces.listWorkspaces),
      update: of(workspaces.updateWorkspace),
    },
  };
}
