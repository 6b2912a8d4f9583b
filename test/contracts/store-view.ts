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
import { JOB_KINDS } from "#server/features.ts";
import { getFile } from "#server/files/read-file.ts";
import { createFile } from "#server/files/upload-file.ts";
import type { OrganizationId } from "#server/ids.ts";
import { addMember } from "#server/organizations/add-member.ts";
import { createOrganization } from "#server/organizations/create-organization.ts";
import { deleteOrganization } from "#server/organizations/delete-organization.ts";
import { getMember, listMembers, listPossibleOwners } from "#server/organizations/read-members.ts";
import {
  findOwnOrganizationId,
  getOrganization,
  getOrganizationByReference,
  listOrganizations,
  listOrganizationsOfUser,
} from "#server/organizations/read-organizations.ts";
import { removeMember } from "#server/organizations/remove-member.ts";
import { setMemberRoles } from "#server/organizations/set-member-roles.ts";
import { updateOrganization } from "#server/organizations/update-organization.ts";
import { changePassword } from "#server/people/change-password.ts";
import { createUser } from "#server/people/create-user.ts";
import { deleteUser } from "#server/people/delete-user.ts";
import { getGitSshKey, getGitSshKeyPair } from "#server/people/read-git-ssh-key.ts";
import { getUserRoles } from "#server/people/read-user-roles.ts";
import { findUserByReference, getAppearance, getPersonal, getSelf, getUser, listUsers } from "#server/people/read-users.ts";
import { regenerateGitSshKey } from "#server/people/regenerate-git-ssh-key.ts";
import { setAppearance } from "#server/people/set-appearance.ts";
import { setUserRoles } from "#server/people/set-user-roles.ts";
import { setUserStatus } from "#server/people/set-user-status.ts";
import { updateProfile } from "#server/people/update-profile.ts";
import { cancelJob } from "#server/provisioning/cancel-job.ts";
import { createProvisionerKey } from "#server/provisioning/create-provisioner-key.ts";
import { deleteProvisionerKey } from "#server/provisioning/delete-provisioner-key.ts";
import { endOrganizationJobs } from "#server/provisioning/end-organization.ts";
import type { JobKinds } from "#server/provisioning/job-kind.ts";
import { listDaemons } from "#server/provisioning/read-daemons.ts";
import { followJobLogs, listJobLogs, waitUntilJobIsOver } from "#server/provisioning/read-job-logs.ts";
import { getJob, listJobs } from "#server/provisioning/read-jobs.ts";
import { getProvisionerKey, listProvisionerKeys } from "#server/provisioning/read-provisioner-keys.ts";
import { resourcesOfJob, resourcesOfJobs } from "#server/resources/read-resources.ts";
import { listOrganizationRoles, listSiteRoles } from "#server/roles/read-roles.ts";
import { setActiveVersion } from "#server/templates/activate-version.ts";
import { insertTemplate } from "#server/templates/create-template.ts";
import { insertTemplateVersion } from "#server/templates/create-template-version.ts";
import { deleteTemplate } from "#server/templates/delete-template.ts";
import { getTemplateVersion, getTemplateVersionByName, listTemplateVersions } from "#server/templates/read-template-versions.ts";
import { getTemplate, getTemplateByName, listTemplates } from "#server/templates/read-templates.ts";
import { listParameters, listPresets, listVariables } from "#server/templates/read-version-details.ts";
import { updateTemplate } from "#server/templates/update-template.ts";
import { updateTemplateVersion } from "#server/templates/update-template-version.ts";
import { deleteKey, expireKey } from "#server/tokens/end-key.ts";
import { mintSessionKey } from "#server/tokens/mint-session-key.ts";
import { mintToken } from "#server/tokens/mint-token.ts";
import { getKey, getToken, listTokens } from "#server/tokens/read-tokens.ts";
import { updateToken } from "#server/tokens/update-token.ts";
import { usageOfKey } from "#server/usage/read-usage.ts";
import { createBuild } from "#server/workspaces/create-build.ts";
import { createWorkspace } from "#server/workspaces/create-workspace.ts";
import { pushBuildState } from "#server/workspaces/push-build-state.ts";
import { getBuildState } from "#server/workspaces/read-build-state.ts";
import {
  getBuild,
  getBuildByNumber,
  getLatestBuild,
  latestBuildsOf,
  listBuildParameters,
  listBuilds,
} from "#server/workspaces/read-builds.ts";
import { getWorkspace, getWorkspaceByOwnerAndName, listWorkspaces } from "#server/workspaces/read-workspaces.ts";
import { updateWorkspace } from "#server/workspaces/update-workspace.ts";

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
      list: of(listAuditLogs),
    },

    builds: {
      create: of(createBuild),
      get: of(getBuild),
      getByNumber: of(getBuildByNumber),
      getLatest: of(getLatestBuild),
      latestOf: of(latestBuildsOf),
      list: of(listBuilds),
      parameters: of(listBuildParameters),
      state: of(getBuildState),
      pushState: of(pushBuildState),
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
      get: of(getGitSshKey),
      getPair: of(getGitSshKeyPair),
      regenerate: of(regenerateGitSshKey),
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
      get: of(getOrganization),
      getByReference: of(getOrganizationByReference),
      findOwnId: of(findOwnOrganizationId),
      list: of(listOrganizations),
      listOfUser: of(listOrganizationsOfUser),
      create: of(createOrganization),
      update: of(updateOrganization),
      delete: (id: OrganizationId) => deleteOrganization(access, [endOrganizationJobs(JOB_KINDS)], id),
    },

    organizationMembers: {
      get: of(getMember),
      list: of(listMembers),
      possibleOwners: of(listPossibleOwners),
      add: of(addMember),
      remove: of(removeMember),
      setRoles: of(setMemberRoles),
    },

    provisionerDaemons: {
      list: of(listDaemons),
    },

    provisionerKeys: {
      create: of(createProvisionerKey),
      list: of(listProvisionerKeys),
      getByName: of(getProvisionerKey),
      delete: ofJobs(deleteProvisionerKey),
    },

    resources: {
      ofJob: ofJobs(resourcesOfJob),
      ofJobs: ofJobs(resourcesOfJobs),
    },

    roles: {
      ofSite: of(listSiteRoles),
      ofOrganization: of(listOrganizationRoles),
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
      get: of(getUser),
      self: of(getSelf),
      getPersonal: of(getPersonal),
      find: of(findUserByReference),
      list: of(listUsers),
      create: of(createUser),
      update: of(updateProfile),
      setStatus: of(setUserStatus),
      setPassword: of(changePassword),
      roles: of(getUserRoles),
      setRoles: of(setUserRoles),
      appearance: of(getAppearance),
      setAppearance: of(setAppearance),
      delete: of(deleteUser),
    },

    workspaces: {
      create: of(createWorkspace),
      get: of(getWorkspace),
      getByOwnerAndName: of(getWorkspaceByOwnerAndName),
      list: of(listWorkspaces),
      update: of(updateWorkspace),
    },
  };
}
