import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { stateBackends } from "./0014-state-backends.ts";
import { COLUMN_TYPES } from "./column-types.ts";

test("an older build counts as applied unless it is known that it has not", () => {
  const database = new Database(":memory:");
  database.exec(`
    create table workspaces (id text primary key);
    create table provisioner_jobs (id text primary key, worker_id text, job_status text);
    create table provisioner_job_timings (job_id text, stage text);
    create table workspace_builds (id text primary key, job_id text);
    insert into provisioner_jobs values ('succeeded', 'w', 'succeeded'), ('applied', 'w', 'failed'), ('planned', 'w', 'failed'),
      ('canceled', 'w', 'canceled'), ('killed', 'w', 'failed'), ('running', 'w', 'running'), ('pending', null, 'pending'),
      ('dropped', null, 'canceled');
    insert into provisioner_job_timings values ('applied', 'plan'), ('applied', 'apply'), ('planned', 'init'), ('planned', 'plan'),
      ('canceled', 'init');
    insert into workspace_builds select 'build-' || id, id from provisioner_jobs;
  `);
  for (const statement of stateBackends.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  const applied = database.prepare("select job_id from workspace_builds where has_applied order by job_id").pluck().all();
  // Nobody knows how far the killed one came, nor how far the running one will have come when its daemon is updated.
  expect(applied).toEqual(["applied", "killed", "running", "succeeded"]);
});
