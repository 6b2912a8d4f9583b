import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { terraformStates } from "./0012-terraform-states.ts";
import { COLUMN_TYPES } from "./column-types.ts";

/** A seal of a state of so many bytes. */
const seal = (of: string, bytes: number) => Buffer.alloc(37 + bytes, of);

test("each state that builds had is there once, and every build that had it refers to it", () => {
  const database = new Database(":memory:");
  database.exec(`
    pragma foreign_keys = on;
    create table workspaces (id text primary key);
    create table provisioner_jobs (id text primary key);
    create table workspace_builds (
      id text primary key, workspace_id text not null references workspaces (id), build_number integer not null,
      provisioner_state blob, updated_at timestamp not null
    );
    insert into workspaces values ('v'), ('w');
  `);
  const insert = database.prepare("insert into workspace_builds values (?, ?, ?, ?, ?)");
  const [first, second, third] = [seal("1", 10), seal("2", 2_000_000), seal("3", 0)];
  for (const [id, workspace, number, state] of [
    ["v1", "v", 1, first],
    ["v2", "v", 2, first],
    ["v3", "v", 3, second],
    ["v4", "v", 4, null],
    ["v5", "v", 5, second],
    ["v6", "v", 6, second],
    // The same bytes in another workspace are another state.
    ["w1", "w", 1, null],
    ["w2", "w", 2, first],
    ["w3", "w", 3, third],
  ] as const)
    insert.run(id, workspace, number, state, number * 100);
  for (const statement of terraformStates.statements(COLUMN_TYPES.sqlite)) database.exec(statement);

  const all = (sql: string) => database.prepare(sql).all();
  expect(all("select id, state_id, state_given from workspace_builds order by id")).toEqual(
    ["v1 v1", "v2 v1", "v3 v3", "v4", "v5 v5", "v6 v5", "w1", "w2 w2", "w3 w3"].map((line) => {
      const [id, state = null] = line.split(" ");
      return { id, state_id: state, state_given: 0 };
    }),
  );
  expect(all("select id, workspace_id, size_bytes, created_at from terraform_states order by id")).toEqual([
    { id: "v1", workspace_id: "v", size_bytes: 10, created_at: 100 },
    { id: "v3", workspace_id: "v", size_bytes: 2_000_000, created_at: 300 },
    { id: "v5", workspace_id: "v", size_bytes: 2_000_000, created_at: 500 },
    { id: "w2", workspace_id: "w", size_bytes: 10, created_at: 200 },
    { id: "w3", workspace_id: "w", size_bytes: 0, created_at: 300 },
  ]);
  expect(
    all("select distinct status, piece_count, is_one_seal, sha256, serial, lineage, job_id, late_build_id from terraform_states"),
  ).toEqual([
    { status: "named", piece_count: 1, is_one_seal: 1, sha256: null, serial: null, lineage: null, job_id: null, late_build_id: null },
  ]);
  expect(all("select state_id, piece_index, data from terraform_state_pieces order by state_id")).toEqual([
    { state_id: "v1", piece_index: 0, data: first },
    { state_id: "v3", piece_index: 0, data: second },
    { state_id: "v5", piece_index: 0, data: second },
    { state_id: "w2", piece_index: 0, data: first },
    { state_id: "w3", piece_index: 0, data: third },
  ]);
  expect(all("select name from pragma_table_info('workspace_builds')")).not.toContainEqual({ name: "provisioner_state" });
});
