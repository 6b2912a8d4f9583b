import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { agentTokenUnique } from "./0011-agent-token-unique.ts";
import { COLUMN_TYPES } from "./column-types.ts";

test("of older agents that shared a token, only the newest keeps it", () => {
  const database = new Database(":memory:");
  database.exec(`
    create table workspace_agents (id text primary key, auth_token_hash blob, created_at timestamp not null);
    create index workspace_agents_token_idx on workspace_agents (auth_token_hash);
    insert into workspace_agents values ('a', 'shared', 1), ('b', 'shared', 2), ('c', 'shared', 2), ('d', 'own', 1), ('e', null, 1), ('f', null, 1);
  `);
  for (const statement of agentTokenUnique.statements(COLUMN_TYPES.sqlite)) database.exec(statement);
  const rows = database.prepare("select id from workspace_agents where auth_token_hash is not null order by id").pluck().all();
  expect(rows).toEqual(["c", "d"]);
  expect(() => database.exec("insert into workspace_agents values ('g', 'own', 3)")).toThrow("UNIQUE");
});
