import type { Migration } from "./column-types.ts";

/**
 * Which builds have begun to apply, and where templates with a backend keep the state of a workspace. Of an older build it is known that it
 * has not applied if no daemon had its job, or if the job's timings, which a daemon sends with every end, have others but none of an apply.
 */
export const stateBackends: Migration = {
  name: "state-backends",
  statements: ({ id, time, bytes }) => [
    "alter table workspace_builds add column has_applied boolean not null default false",
    `update workspace_builds set has_applied = true where job_id in (
      select job.id from provisioner_jobs as job
      where job.worker_id is not null and (
        job.job_status = 'succeeded'
        or exists (select 1 from provisioner_job_timings as timing where timing.job_id = job.id and timing.stage = 'apply')
        or not exists (select 1 from provisioner_job_timings as timing where timing.job_id = job.id)
      )
    )`,
    `create table workspace_state_backends (
      workspace_id ${id} primary key references workspaces (id),
      workspace_build_id ${id} not null references workspace_builds (id),
      identity ${bytes} not null,
      type text not null,
      declared_at text not null,
      lineage text not null,
      updated_at ${time} not null
    )`,
    // Two workspaces in one backend would change and destroy each other's resources.
    "create unique index workspace_state_backends_identity_key on workspace_state_backends (identity)",
  ],
};
