import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { entitlements } from "./0016-entitlements.ts";
import { COLUMN_TYPES } from "./column-types.ts";
import { MIGRATIONS } from "./migrate.ts";

function open() {
  const database = new Database(":memory:");
  database.pragma("foreign_keys = OFF");
  for (const migration of MIGRATIONS.slice(0, MIGRATIONS.indexOf(entitlements)))
    for (const statement of migration.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  const insert = (table: string, row: Record<string, unknown>): void => {
    const columns = database
      .prepare(`select name, "notnull" as required, dflt_value as preset from pragma_table_info('${table}')`)
      .all() as {
      name: string;
      required: number;
      preset: unknown;
    }[];
    const filled: Record<string, unknown> = { ...row };
    for (const { name, required, preset } of columns) if (required === 1 && preset === null && !(name in filled)) filled[name] = name;
    const names = Object.keys(filled);
    database.prepare(`insert into ${table} (${names.join()}) values (${names.map(() => "?").join()})`).run(Object.values(filled));
  };
  return { database, insert };
}

test("of older builds, those are entitled to everything that their workspace's owner requested with a session, and no others", () => {
  const { database, insert } = open();
  insert("workspaces", { id: "w", owner_id: "ann", name: "w" });
  for (const [n, build] of [
    { id: "own", initiator_id: "ann", initiator_key_id: null },
    { id: "by-token", initiator_id: "ann", initiator_key_id: "k" },
    { id: "by-other", initiator_id: "bob", initiator_key_id: null },
  ].entries()) {
    insert("provisioner_jobs", {
      id: `job-${build.id}`,
      type: "workspace_build",
      provisioner: "terraform",
      completed_at: n === 0 ? null : 1,
      started_at: n === 0 ? null : 1,
    });
    insert("workspace_builds", { ...build, job_id: `job-${build.id}`, workspace_id: "w", build_number: n, transition: "start" });
    insert("audit_logs", {
      id: `log-${n}`,
      number: n + 1,
      api_key_id: `session-${n}`,
      resource_type: "workspace_build",
      resource_id: build.id,
      action: "start",
    });
  }
  for (const statement of entitlements.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  const rows = database
    .prepare("select id, entitlement, entitlement_key_id as k, initiator_session_id as session from workspace_builds order by id")
    .all();
  // Only a build that still waits needs to know of its session.
  expect(rows).toEqual([
    { id: "by-other", entitlement: '{"kind":"none"}', k: null, session: null },
    { id: "by-token", entitlement: '{"kind":"none"}', k: null, session: null },
    { id: "own", entitlement: '{"kind":"full"}', k: null, session: "session-0" },
  ]);
});

test("the maker of a provisioner key is who the audit log says made it, and unknown without an entry", () => {
  const { database, insert } = open();
  insert("provisioner_keys", { id: "known", name: "a" });
  insert("provisioner_keys", { id: "older", name: "b" });
  insert("audit_logs", { id: "1", number: 1, user_id: "ann", resource_type: "provisioner_key", resource_id: "known", action: "create" });
  insert("audit_logs", { id: "2", number: 2, user_id: "bob", resource_type: "provisioner_key", resource_id: "known", action: "delete" });
  for (const statement of entitlements.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  expect(database.prepare("select id, maker_id from provisioner_keys order by id").all()).toEqual([
    { id: "known", maker_id: "ann" },
    { id: "older", maker_id: null },
  ]);
});

test("older states count as not scrubbed", () => {
  const { database, insert } = open();
  insert("terraform_states", { id: "s", status: "named", size_bytes: 1, piece_count: 1 });
  for (const statement of entitlements.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  expect(database.prepare("select is_scrubbed from terraform_states").all()).toEqual([{ is_scrubbed: 0 }]);
});
