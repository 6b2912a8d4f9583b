import type { Access } from "#server/access/access.ts";
import type { Ruled } from "#server/access/ruled.ts";
import * as agents from "#server/agents/queries.ts";
import * as auditlog from "#server/audit-log/queries.ts";
import * as externalauth from "#server/external-auth/queries.ts";
import { JOB_KINDS } from "#server/features.ts";
import * as files from "#server/files/queries.ts";
import * as organizations from "#server/organizations/queries.ts";
import * as people from "#server/people/queries.ts";
import { cancelJob } from "#server/provisioning/cancel-job.ts";
import { createProvisionerKey } from "#server/provisioning/create-provisioner-key.ts";
import { deleteProvisionerKey } from "#server/provisioning/delete-provisioner-key.ts";
import type { JobKinds } from "#server/provisioning/job-kind.ts";
import { listDaemons } from "#server/provisioning/read-daemons.ts";
import { followJobLogs, listJobLogs, waitUntilJobIsOver } from "#server/provisioning/read-job-logs.ts";
import { getJob, listJobs } from "#server/provisioning/read-jobs.ts";
import { getProvisionerKey, listProvisionerKeys } from "#server/provisioning/read-provisioner-keys.ts";
import * as resources from "#server/resources/queries.ts";
import * as roles from "#server/roles/queries.ts";
import * as templates from "#server/templates/queries.ts";
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
  /** A query that is handed the kinds of the jobs that it is about. */
  const ofJobs =
    <A extends readonly unknown[], R>(query: Ruled<[JobKinds, ...A], R>) =>
    (...args: A): R =>
      query(access, JOB_KINDS, ...args);
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
      get: ofJobs(getJob),
      list: ofJobs(listJobs),
      logs: ofJobs(listJobLogs),
      followLogs: ofJobs(followJobLogs),
      waitUntilOver: ofJobs(waitUntilJobIsOver),
      cancel: ofJobs(cancelJob),
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
      list: of(listDaemons),
    },

    provisionerKeys: {
      create: of(createProvisionerKey),
      list: of(listProvisionerKeys),
      getByName: of(getProvisionerKey),
      delete: of(deleteProvisionerKey),
    },

    resources: {
      ofJob: ofJobs(resources.resourcesOfJob),
      ofJobs: ofJobs(resources.resourcesOfJobs),
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
