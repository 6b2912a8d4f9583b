import type { Migration } from "./column-types.ts";

/** The database computes the status, so that no query can forget a case: an error outranks a cancel, and completed outranks running. */
const JOB_STATUS = `case
  when coalesce(error, '') <> '' then 'failed'
  when completed_at is not null and canceled_at is not null then 'canceled'
  when completed_at is not null then 'succeeded'
  when canceled_at is not null then 'canceling'
  when started_at is null then 'pending'
  else 'running'
end`;

export const jobs: Migration = {
  name: "jobs",
  statements: ({ id, time, json, bytes, serial }) => [
    `create table files (
      id ${id} primary key,
      hash text not null,
      created_by ${id} references users (id),
      mimetype text not null,
      data ${bytes} not null,
      created_at ${time} not null
    )`,
    "create unique index files_hash_key on files (hash, created_by) where created_by is not null",
    "create unique index files_own_hash_key on files (hash) where created_by is null",
    `create table provisioner_jobs (
      id ${id} primary key,
      organization_id ${id} not null references organizations (id),
      initiator_id ${id} not null references users (id),
      type text not null,
      provisioner text not null,
      storage_method text not null default 'file',
      file_id ${id} not null references files (id),
      input ${json} not null,
      secret_input ${bytes},
      tags ${json} not null,
      trace_metadata ${json} not null,
      worker_id ${id},
      lease_expires_at ${time},
      error text,
      error_code text,
      logs_length integer not null default 0,
      logs_overflowed boolean not null default false,
      job_status text not null generated always as (${JOB_STATUS}) stored,
      started_at ${time},
      canceled_at ${time},
      completed_at ${time},
      created_at ${time} not null,
      updated_at ${time} not null
    )`,
    "create index provisioner_jobs_waiting_idx on provisioner_jobs (organization_id, created_at) where started_at is null and completed_at is null",
    "create index provisioner_jobs_held_idx on provisioner_jobs (lease_expires_at) where started_at is not null and completed_at is null",
    "create index provisioner_jobs_worker_idx on provisioner_jobs (worker_id, created_at)",
    `create table provisioner_job_logs (
      id ${serial},
      job_id ${id} not null references provisioner_jobs (id),
      source text not null,
      level text not null,
      stage text not null,
      output text not null,
      created_at ${time} not null
    )`,
    "create index provisioner_job_logs_job_idx on provisioner_job_logs (job_id, id)",
    `create table provisioner_job_timings (
      job_id ${id} not null references provisioner_jobs (id),
      stage text not null,
      source text not null,
      action text not null,
      resource text not null,
      started_at ${time} not null,
      ended_at ${time} not null
    )`,
    "create index provisioner_job_timings_job_idx on provisioner_job_timings (job_id)",
    `create table provisioner_keys (
      id ${id} primary key,
      organization_id ${id} references organizations (id),
      name text not null,
      hashed_secret ${bytes},
      tags ${json} not null,
      created_at ${time} not null
    )`,
    "create unique index provisioner_keys_name_key on provisioner_keys (organization_id, lower(name))",
    "create unique index provisioner_keys_secret_key on provisioner_keys (hashed_secret)",
    // The key is part of a daemon's identity: a daemon with another key must not take its name, and its jobs with it.
    `create table provisioner_daemons (
      id ${id} primary key,
      organization_id ${id} not null references organizations (id),
      key_id ${id} not null references provisioner_keys (id) on delete cascade,
      name text not null,
      provisioners ${json} not null,
      tags ${json} not null,
      version text not null,
      api_version text not null,
      last_seen_at ${time},
      created_at ${time} not null
    )`,
    "create unique index provisioner_daemons_name_key on provisioner_daemons (organization_id, key_id, name)",
  ],
};
