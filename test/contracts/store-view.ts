import type { Access } from "#server/access/access.ts";
import type { Ruled } from "#server/access/ruled.ts";
import { appendLogs } from "#server/agents/append-logs.ts";
import { createLogSource } from "#server/agents/create-log-source.ts";
import { getAgent, getManifest, workspaceOfAgent } from "#server/agents/read-agent.ts";
import { followAgentLogs, listAgentLogs } from "#server/agents/read-logs.ts";
import { reportAppHealths } from "#server/agents/report-app-healths.ts";
import { markAgentConnected, markAgentDisconnected } from "#server/agents/report-connection.ts";
import { reportLifecycle } from "#server/agents/report-lifecycle.ts";
import { reportMetadata } from "#server/agents/report-metadata.ts";
import { reportScriptTiming } from "#server/agents/report-script-timing.ts";
import { reportStartup } from "#server/agents/report-startup.ts";
import { listAuditLogs } from "#server/audit-log/list-audit-logs.ts";
import { deleteLink } from "#server/external-auth/delete-link.ts";
import { putLink } from "#server/external-auth/put-link.ts";
import { findLink, listLinks } from "#server/external-auth/read-links.ts";
import { getFile } from "#server/files/read-file.ts";
import { createFile } from "#server/files/upload-file.ts";
import * as organizations from "#server/organizations/queries.ts";
import * as people from "#server/people/queries.ts";
import * as provisioning from "#server/provisioning/queries.ts";
import * as resources from "#server/resources/queries.ts";
import * as roles from "#server/roles/queries.ts";
import { setActiveVersion } from "#server/templates/activate-version.ts";
import { insertTemplate } from "#server/templates/create-template.ts";
import { insertTemplateVersion } from "#server/templates/create-template-version.ts";
import { deleteTemplate } from "#server/templates/delete-template.ts";
import { getTemplateVersion, getTemplateVersionByName, listTemplateVersions } from "#server/templates/read-template-versions.ts";
import { getTemplate, getTemplateByName, listTemplates } from "#server/templates/read-templates.ts";
import { listParameters, listPresets, listVariables } from "#server/templates/read-version-details.ts";
import { updateTemplate } from "#server/templates/update-template.ts";
import { updateTemplateVersion } from "#server/templates/update-template-version.ts";
import * as tokens from "#server/tokens/queries.ts";
import * as usage from "#server/usage/queries.ts";
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
      get: of(getAgent),
      manifest: of(getManifest),
      workspaceOf: of(workspaceOfAgent),
      markConnected: of(markAgentConnected),
      markDisconnected: of(markAgentDisconnected),
      updateStartup: of(reportStartup),
      setLifecycle: of(reportLifecycle),
      updateMetadata: of(reportMetadata),
      updateAppHealths: of(reportAppHealths),
      recordScriptTiming: of(reportScriptTiming),
      createLogSource: of(createLogSource),
      appendLogs: of(appendLogs),
      logs: of(listAgentLogs),
      followLogs: of(followAgentLogs),
    },

    apiKeys: {
      mint: of(tokens.mintToken),
      mintSession: of(tokens.mintSessionKey),
      update: of(tokens.updateToken),
      get: of(tokens.getKey),
      getByName: of(tokens.getToken),
      listTokens: of(tokens.listTokens),
      expire: of(tokens.expireKey),
      delete: of(tokens.deleteKey),
    },

    apiKeyUsage: {
      of: of(usage.usageOfKey),
    },

    auditLogs: {
      list: of(listAuditLogs),
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
      find: of(findLink),
      list: of(listLinks),
      put: of(putLink),
      delete: of(deleteLink),
    },

    files: {
      create: of(createFile),
      get: of(getFile),
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
      create: of(insertTemplate),
      get: of(getTemplate),
      getByName: of(getTemplateByName),
      list: of(listTemplates),
      update: of(updateTemplate),
      setActiveVersion: of(setActiveVersion),
      delete: of(deleteTemplate),
    },

    templateVersions: {
      create: of(insertTemplateVersion),
      get: of(getTemplateVersion),
      getByName: of(getTemplateVersionByName),
      list: of(listTemplateVersions),
      update: of(updateTemplateVersion),
      parameters: of(listParameters),
      variables: of(listVariables),
      presets: of(listPresets),
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
