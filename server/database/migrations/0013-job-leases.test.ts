import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { jobs } from "./0002-jobs.ts";
import { jobLeases } from "./0013-job-leases.ts";
import { COLUMN_TYPES } from "./column-types.ts";

test("jobs that run while the program is upgraded count as reported on, so that none of them runs twice", () => {
  const database = new Database(":memory:");
  database.pragma("foreign_keys = OFF");
  for (const statement of jobs.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  const insert = database.prepare(`
    insert into provisioner_jobs (id, organization_id, initiator_id, type, provisioner, file_id, input, tags, trace_metadata,
      created_at, updated_at, started_at, completed_at, worker_id, lease_expires_at)
    values (?, 'o', 'u', 'workspace_build', 'terraform', 'f', '{}', '{}', '{}', 1, 1, ?, ?, ?, ?)`);
  insert.run("pending", null, null, null, null);
  insert.run("running", 2, null, "d", 3);
  insert.run("over", 2, 3, "d", null);
  for (const statement of jobLeases.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  const rows = database.prepare("select id, job_status, claims, lease_renewals, worker_home from provisioner_jobs order by id").all();
  expect(rows).toEqual([
    { id: "over", job_status: "succeeded", claims: 0, lease_renewals: 0, worker_home: null },
    { id: "pending", job_status: "pending", claims: 0, lease_renewals: 0, worker_home: null },
    { id: "running", job_status: "running", claims: 1, lease_renewals: 1, worker_home: null },
  ]);
  const plan = database
    .prepare(
      "explain query plan select id, claims, lease_renewals from provisioner_jobs where started_at is not null and completed_at is null",
    )
    .all();
  expect(JSON.stringify(plan)).toContain("provisioner_jobs_held_idx");
});
