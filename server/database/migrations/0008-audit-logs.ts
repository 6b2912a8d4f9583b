import type { Migration } from "./column-types.ts";

/**
 * Records what was done, by whom, and what it changed. Rows are never changed. There are no foreign keys: an entry outlives what it is
 * about. `number` is the order of writing; `time` alone may repeat.
 */
export const auditLogs: Migration = {
  name: "audit-logs",
  statements: ({ id, time, json, serial }) => [
    `create table audit_logs (
      number ${serial},
      id ${id} not null unique,
      time ${time} not null,
      user_id ${id},
      api_key_id text not null default '',
      organization_id ${id},
      ip text not null,
      user_agent text not null,
      resource_type text not null,
      resource_id ${id} not null,
      resource_target text not null,
      resource_icon text not null default '',
      action text not null,
      diff ${json} not null,
      status_code integer not null,
      additional_fields ${json} not null,
      request_id ${id} not null
    )`,
    "create index audit_logs_time_idx on audit_logs (time, number)",
    "create index audit_logs_organization_idx on audit_logs (organization_id, time)",
    "create index audit_logs_user_idx on audit_logs (user_id, time)",
    "create index audit_logs_resource_idx on audit_logs (resource_id, time)",
    "create index audit_logs_request_idx on audit_logs (request_id)",
  ],
};
