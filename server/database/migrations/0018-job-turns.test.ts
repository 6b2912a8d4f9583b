import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { jobs } from "./0002-jobs.ts";
import { jobLeases } from "./0013-job-leases.ts";
import { jobTurns } from "./0018-job-turns.ts";
import { COLUMN_TYPES } from "./column-types.ts";

test("whoever waits while the program is upgraded has a turn, and the next one is found by an index", () => {
  const database = new Database(":memory:");
  database.pragma("foreign_keys = OFF");
  for (const { statements } of [jobs, jobLeases]) for (const statement of statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  const insert = database.prepare(`
    insert into provisioner_jobs (id, organization_id, initiator_id, type, provisioner, file_id, input, tags, trace_metadata,
      created_at, updated_at, started_at, completed_at)
    values (?, 'o', ?, 'workspace_build', 'terraform', 'f', '{}', '{}', '{}', ?, 1, ?, ?)`);
  insert.run("first", "ann", 5, null, null);
  insert.run("second", "ann", 3, null, null);
  insert.run("running", "bob", 1, 2, null);
  insert.run("over", "cyd", 1, 2, 3);
  for (const statement of jobTurns.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  expect(database.prepare("select * from provisioner_job_turns").all()).toEqual([
    { organization_id: "o", initiator_id: "ann", yields: 0, last_turn: 0, waiting_since: 3 },
  ]);
  const plan = (query: string): string => JSON.stringify(database.prepare(`explain query plan ${query}`).all());
  const next = plan(`select turn.initiator_id from provisioner_job_turns as turn
    where turn.organization_id = 'o' and turn.waiting_since is not null
    order by turn.yields, turn.last_turn, turn.waiting_since, turn.initiator_id limit 1`);
  expect(next).toContain("provisioner_job_turns_next_idx");
  expect(next).not.toContain("TEMP B-TREE");
  const oldest = plan(`select id from provisioner_jobs where started_at is null and completed_at is null
    and organization_id = 'o' and initiator_id = 'ann' and yields = 0 order by created_at, id limit 1`);
  expect(oldest).toContain("provisioner_jobs_waiting_idx");
  expect(oldest).not.toContain("TEMP B-TREE");
});
