import type { Migration } from "./column-types.ts";

/**
 * What a build was entitled to is stored with it, and who made a provisioner key with the key. An older build was given everything if its
 * workspace's owner requested it with a session; of every other one, nobody knows what its requester had, so its agents get the least until
 * the next start. The session that requested a build which still waits, and the maker of a key, stand in the audit log, if it is that old.
 */
export const entitlements: Migration = {
  name: "entitlements",
  statements: ({ id, json }) => [
    "alter table workspace_builds add column initiator_session_id text",
    `alter table workspace_builds add column entitlement ${json}`,
    "alter table workspace_builds add column entitlement_key_id text",
    `update workspace_builds set entitlement = '{"kind":"none"}'`,
    `update workspace_builds set entitlement = '{"kind":"full"}' where initiator_key_id is null and initiator_id = (
      select workspace.owner_id from workspaces as workspace where workspace.id = workspace_builds.workspace_id
    )`,
    `update workspace_builds set initiator_session_id = (
      select log.api_key_id from audit_logs as log
      where log.resource_type = 'workspace_build' and log.resource_id = workspace_builds.id and log.action = workspace_builds.transition
        and log.api_key_id <> ''
      order by log.number limit 1
    ) where initiator_key_id is null and job_id in (select job.id from provisioner_jobs as job where job.completed_at is null)`,
    `alter table provisioner_keys add column maker_id ${id}`,
    `update provisioner_keys set maker_id = (
      select log.user_id from audit_logs as log
      where log.resource_type = 'provisioner_key' and log.resource_id = provisioner_keys.id and log.action = 'create'
      order by log.number limit 1
    )`,
    "alter table terraform_states add column is_scrubbed boolean not null default false",
  ],
};
