import type { Migration } from "./column-types.ts";

/**
 * Leases are watched instead of compared with a clock (docs/decisions/0018-leases-are-watched.md), a job counts the numbered lines of its
 * log, and a deleted provisioner key stays until the jobs that its daemons run have ended.
 */
export const jobLeases: Migration = {
  name: "job-leases",
  statements: ({ time, long }) => [
    "drop index provisioner_jobs_held_idx",
    "alter table provisioner_jobs drop column lease_expires_at",
    "alter table provisioner_jobs add column claims integer not null default 0",
    "alter table provisioner_jobs add column lease_renewals integer not null default 0",
    "alter table provisioner_jobs add column unanswered_claims integer not null default 0",
    "alter table provisioner_jobs add column worker_home text",
    `alter table provisioner_jobs add column logs_taken ${long} not null default 0`,
    // Whether the daemons of running jobs have reported is not known. They may have begun to apply, so these jobs must not run again.
    "update provisioner_jobs set claims = 1, lease_renewals = 1 where started_at is not null and completed_at is null",
    "create index provisioner_jobs_held_idx on provisioner_jobs (id) where started_at is not null and completed_at is null",
    `alter table provisioner_keys add column deleted_at ${time}`,
    "drop index provisioner_keys_name_key",
    "create unique index provisioner_keys_name_key on provisioner_keys (organization_id, lower(name)) where deleted_at is null",
  ],
};
