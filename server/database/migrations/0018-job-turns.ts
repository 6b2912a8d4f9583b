import type { Migration } from "./column-types.ts";

/** People who wait for jobs take turns, and schedules come after them (docs/decisions/0026-people-take-turns.md). */
export const jobTurns: Migration = {
  name: "job-turns",
  statements: ({ id, time, long }) => [
    "alter table provisioner_jobs add column yields boolean not null default false",
    `create table provisioner_job_turns (
      organization_id ${id} not null references organizations (id),
      initiator_id ${id} not null references users (id),
      yields boolean not null,
      last_turn ${long} not null default 0,
      waiting_since ${time},
      primary key (organization_id, initiator_id, yields)
    )`,
    // Nothing has scheduled builds so far, so people wait for all jobs that wait.
    `insert into provisioner_job_turns (organization_id, initiator_id, yields, waiting_since)
      select organization_id, initiator_id, false, min(created_at) from provisioner_jobs
      where started_at is null and completed_at is null
      group by organization_id, initiator_id`,
    `create index provisioner_job_turns_next_idx on provisioner_job_turns (organization_id, yields, last_turn, waiting_since, initiator_id)
      where waiting_since is not null`,
    "create index provisioner_job_turns_last_idx on provisioner_job_turns (organization_id, last_turn)",
    "drop index provisioner_jobs_waiting_idx",
    `create index provisioner_jobs_waiting_idx on provisioner_jobs (organization_id, initiator_id, yields, created_at, id)
      where started_at is null and completed_at is null`,
    `create index provisioner_jobs_yielding_idx on provisioner_jobs (organization_id, created_at)
      where started_at is null and completed_at is null and yields = true`,
    `create index provisioner_jobs_running_idx on provisioner_jobs (organization_id, initiator_id)
      where started_at is not null and completed_at is null`,
  ],
};
