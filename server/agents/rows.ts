/** Reads and writes what agents report and what they are told, without permission checks. */
import type { Kysely } from "kysely";
import type { Dialect } from "../database/migrations/column-types.ts";
import { paged } from "../database/paging.ts";
import type { AppHealth } from "../database/tables/apps.ts";
import type { LogLevel } from "../database/tables/provisioning.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import type { AgentId, AppId, LogSourceId, ScriptId, UserId } from "../ids.ts";
import { EXTERNAL_LOG_SOURCE } from "./external-log-source.ts";

type Db = Kysely<Tables>;

export function getAgentRow(db: Db, id: AgentId): Promise<Row<"workspace_agents">> {
  return db.selectFrom("workspace_agents").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

export async function updateAgent(db: Db, id: AgentId, set: RowPatch<"workspace_agents">): Promise<void> {
  await db.updateTable("workspace_agents").set(set).where("id", "=", id).execute();
}

export async function getUsername(db: Db, id: UserId): Promise<string> {
  const { username } = await db.selectFrom("users").select("username").where("id", "=", id).executeTakeFirstOrThrow();
  return username;
}

export function findDevcontainers(db: Db, id: AgentId): Promise<Row<"workspace_agent_devcontainers">[]> {
  return db.selectFrom("workspace_agent_devcontainers").selectAll().where("workspace_agent_id", "=", id).orderBy("name").execute();
}

export interface MetadataValue {
  readonly key: string;
  readonly value: string;
  readonly error: string;
  readonly collectedAt: Date;
}

/** Updates one value. A key that the agent does not have is ignored. */
export async function updateMetadataValue(db: Db, id: AgentId, { key, value, error, collectedAt }: MetadataValue): Promise<void> {
  await db
    .updateTable("workspace_agent_metadata")
    .set({ value, error, collected_at: collectedAt })
    .where("workspace_agent_id", "=", id)
    .where("key", "=", key)
    .execute();
}

/** Updates an app's health. An app that the agent does not have is ignored. */
export async function updateAppHealth(db: Db, id: AgentId, appId: AppId, health: AppHealth): Promise<void> {
  await db.updateTable("workspace_apps").set({ health }).where("id", "=", appId).where("agent_id", "=", id).execute();
}

export async function hasScript(db: Db, id: AgentId, scriptId: ScriptId): Promise<boolean> {
  const row = await db
    .selectFrom("workspace_agent_scripts")
    .select("id")
    .where("id", "=", scriptId)
    .where("workspace_agent_id", "=", id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Inserts a timing. A repeated row for the same run is ignored. */
export async function insertScriptTiming(db: Db, timing: NewRow<"workspace_agent_script_timings">): Promise<void> {
  await db
    .insertInto("workspace_agent_script_timings")
    .values(timing)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Inserts a log source. If the ID already exists, the first source stays as it is. */
export async function insertLogSource(db: Db, source: NewRow<"workspace_agent_log_sources">): Promise<void> {
  await db
    .insertInto("workspace_agent_log_sources")
    .values(source)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Counts an agent's log sources, without those of its scripts and the one for lines that name none. */
export async function countRegisteredSources(db: Db, id: AgentId): Promise<number> {
  const { count } = await db
    .selectFrom("workspace_agent_log_sources as source")
    .leftJoin("workspace_agent_scripts as script", "script.log_source_id", "source.id")
    .select((all) => all.fn.countAll<number | string>().as("count"))
    .where("source.workspace_agent_id", "=", id)
    .where("source.id", "!=", EXTERNAL_LOG_SOURCE)
    .where("script.id", "is", null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export function findLogSource(db: Db, id: AgentId, sourceId: LogSourceId): Promise<Row<"workspace_agent_log_sources"> | undefined> {
  return db
    .selectFrom("workspace_agent_log_sources")
    .selectAll()
    .where("workspace_agent_id", "=", id)
    .where("id", "=", sourceId)
    .executeTakeFirst();
}

export async function updateLogSource(
  db: Db,
  { id, workspace_agent_id: agentId }: Pick<Row<"workspace_agent_log_sources">, "id" | "workspace_agent_id">,
  set: RowPatch<"workspace_agent_log_sources">,
): Promise<void> {
  await db.updateTable("workspace_agent_log_sources").set(set).where("workspace_agent_id", "=", agentId).where("id", "=", id).execute();
}

/** Reads how much an agent has logged, and locks that until the transaction ends. */
export function lockedLogLength(
  db: Db,
  dialect: Dialect,
  id: AgentId,
): Promise<Pick<Row<"workspace_agents">, "logs_length" | "logs_overflowed">> {
  return db
    .selectFrom("workspace_agents")
    .select(["logs_length", "logs_overflowed"])
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirstOrThrow();
}

export interface NewLogLine {
  readonly level: LogLevel;
  readonly output: string;
  readonly created_at: Date;
}

/** The number of rows per statement while that many are left. The size is fixed so that the statement is prepared only once. */
const LOGS_AT_A_TIME = 200;

/** @returns the lines with their ids, in order */
export async function insertLogs(
  db: Db,
  of: { readonly agentId: AgentId; readonly sourceId: LogSourceId },
  lines: readonly NewLogLine[],
): Promise<Row<"workspace_agent_logs">[]> {
  const inserted: Row<"workspace_agent_logs">[] = [];
  for (let at = 0; at < lines.length; ) {
    const count = lines.length - at < LOGS_AT_A_TIME ? 1 : LOGS_AT_A_TIME;
    const values = lines.slice(at, at + count).map((line) => ({ agent_id: of.agentId, log_source_id: of.sourceId, ...line }));
    const batch = await db.insertInto("workspace_agent_logs").values(values).returningAll().execute();
    for (const row of batch.sort((left, right) => left.id - right.id)) inserted.push(row);
    at += count;
  }
  return inserted;
}

export async function countLogs(db: Db, id: AgentId): Promise<number> {
  const { count } = await db
    .selectFrom("workspace_agent_logs")
    .select((all) => all.fn.countAll<number | string>().as("count"))
    .where("agent_id", "=", id)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Returns the lines with IDs above `after`, in order. @param most default: all */
export function findLogs(db: Db, id: AgentId, after: number, most?: number): Promise<Row<"workspace_agent_logs">[]> {
  const lines = db.selectFrom("workspace_agent_logs").selectAll().where("agent_id", "=", id).where("id", ">", after).orderBy("id");
  return paged(lines, { limit: most }).execute();
}
