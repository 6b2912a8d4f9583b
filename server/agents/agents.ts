import type { Kysely } from "kysely";
import type { Context } from "../access/context.ts";
import { workspaceObjectOf } from "../access/objects.ts";
import type { Tx } from "../database/database.ts";
import { type FollowOptions, follow } from "../database/follow.ts";
import type { AgentLifecycle, AppHealth, LogLevel, Row, RowPatch, Tables } from "../database/tables.ts";
import { cleanText } from "../database/text.ts";
import { InvalidInputError, LogQuotaExceededError, NotFoundError } from "../errors.ts";
import type { AgentId, AppId, LogSourceId, ScriptId } from "../ids.ts";
import { type AgentDetails, findAgent, findWorkspaceOfAgent, isAgentSuperseded } from "../resources/agent-rows.ts";

/** What a manifest is made of. */
export type AgentManifest = AgentDetails & {
  readonly workspace: Row<"workspaces">;
  readonly owner_username: string;
  readonly devcontainers: readonly Row<"workspace_agent_devcontainers">[];
};

export interface NewAgentLog {
  readonly level: LogLevel;
  readonly output: string;
  readonly createdAt?: Date;
}

/** Everything is checked on the agent's workspace: reading needs `read`, what agents report needs `update_agent`. */
export interface Agents {
  get(id: AgentId): Promise<AgentDetails>;
  manifest(id: AgentId): Promise<AgentManifest>;
  /** The latest build's workspace that it belongs to, whether it is the agent of its latest build or not. */
  workspaceOf(id: AgentId): Promise<Row<"workspaces">>;

  /** Sets when it was last heard, and once when it was first. */
  markConnected(id: AgentId, at?: Date): Promise<void>;
  markDisconnected(id: AgentId, at?: Date): Promise<void>;
  updateStartup(
    id: AgentId,
    startup: {
      readonly version: string;
      readonly apiVersion: string;
      readonly expandedDirectory: string;
      readonly subsystems: readonly string[];
    },
  ): Promise<void>;
  /** Also sets `started_at` and `ready_at` where the state means them. */
  setLifecycle(id: AgentId, state: AgentLifecycle, changedAt?: Date): Promise<void>;
  updateMetadata(
    id: AgentId,
    values: readonly { readonly key: string; readonly value: string; readonly error: string; readonly collectedAt: Date }[],
  ): Promise<void>;
  updateAppHealths(id: AgentId, healths: readonly { readonly appId: AppId; readonly health: AppHealth }[]): Promise<void>;
  recordScriptTiming(id: AgentId, timing: Row<"workspace_agent_script_timings"> & { readonly script_id: ScriptId }): Promise<void>;

  /** The same id again keeps the first. */
  createLogSource(
    id: AgentId,
    source: { readonly id: LogSourceId; readonly displayName: string; readonly icon: string },
  ): Promise<Row<"workspace_agent_log_sources">>;
  /**
   * All of them or, at the limit of 1 MiB an agent, none. A source that the agent does not have is an InvalidInputError.
   *
   * @throws LogQuotaExceededError, once and for ever after, and `logs_overflowed` is set
   */
  appendLogs(id: AgentId, sourceId: LogSourceId, logs: readonly NewAgentLog[]): Promise<readonly Row<"workspace_agent_logs">[]>;
  /** Ids above `after`, in order. Default: all. */
  logs(id: AgentId, after?: number): Promise<readonly Row<"workspace_agent_logs">[]>;
  /** Batches of stored and then of new logs, until the agent no longer belongs to its workspace's latest build, or the signal. */
  followLogs(id: AgentId, options: FollowOptions & { readonly after?: number }): AsyncIterable<readonly Row<"workspace_agent_logs">[]>;
}

/** Rows of one statement, as long as there are so many: one size, so that the statement is prepared once. */
const LOGS_AT_A_TIME = 200;

/** How many bytes of log output one agent may leave. */
export const AGENT_LOG_LIMIT_BYTES = 1 << 20;

export function createAgents(context: Context): Agents {
  const { db, guard, events, write, now, dialect } = context;

  const workspaceOf = async (from: Kysely<Tables>, id: AgentId): Promise<Row<"workspaces">> => {
    const workspace = await findWorkspaceOfAgent(from, id);
    if (workspace === undefined) throw new NotFoundError("workspace agent");
    return workspace;
  };
  const readable = async (id: AgentId): Promise<Row<"workspaces">> => {
    const workspace = await workspaceOf(db, id);
    guard.read(workspaceObjectOf(workspace), "workspace agent");
    return workspace;
  };
  const detailsOf = async (id: AgentId): Promise<AgentDetails> => {
    const agent = await findAgent(db, id);
    if (agent === undefined) throw new NotFoundError("workspace agent");
    return agent;
  };
  const report = <T>(id: AgentId, work: (tx: Tx, workspace: Row<"workspaces">) => Promise<T>): Promise<T> =>
    write(async (tx) => {
      const workspace = await workspaceOf(tx.db, id);
      guard.require("update_agent", workspaceObjectOf(workspace), "workspace agent");
      return work(tx, workspace);
    });
  const patch = (id: AgentId, values: (row: Row<"workspace_agents">) => RowPatch<"workspace_agents">): Promise<void> =>
    report(id, async (tx, workspace) => {
      const row = await tx.db.selectFrom("workspace_agents").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
      await tx.db
        .updateTable("workspace_agents")
        .set({ ...values(row), updated_at: now() })
        .where("id", "=", id)
        .execute();
      tx.publish({ kind: "workspace_changed", workspaceId: workspace.id });
    });

  return {
    get: async (id) => {
      await readable(id);
      return detailsOf(id);
    },
    workspaceOf: readable,
    manifest: async (id) => {
      const workspace = await readable(id);
      const { username } = await db.selectFrom("users").select("username").where("id", "=", workspace.owner_id).executeTakeFirstOrThrow();
      const devcontainers = await db
        .selectFrom("workspace_agent_devcontainers")
        .selectAll()
        .where("workspace_agent_id", "=", id)
        .orderBy("name")
        .execute();
      return { ...(await detailsOf(id)), workspace, owner_username: username, devcontainers };
    },

    markConnected: (id, at = now()) =>
      patch(id, (row) => ({ first_connected_at: row.first_connected_at ?? at, last_connected_at: at, disconnected_at: null })),
    markDisconnected: (id, at = now()) => patch(id, () => ({ disconnected_at: at })),
    updateStartup: (id, startup) =>
      patch(id, () => ({
        version: startup.version,
        api_version: startup.apiVersion,
        expanded_directory: startup.expandedDirectory,
        subsystems: startup.subsystems,
      })),
    setLifecycle: (id, state, changedAt = now()) =>
      patch(id, (row) => ({ lifecycle_state: state, ...lifecycleTimes(row, state, changedAt) })),
    updateMetadata: (id, values) =>
      report(id, async (tx) => {
        for (const { key, value, error, collectedAt } of values)
          await tx.db
            .updateTable("workspace_agent_metadata")
            .set({ value: cleanText(value), error: cleanText(error), collected_at: collectedAt })
            .where("workspace_agent_id", "=", id)
            .where("key", "=", key)
            .execute();
        tx.publish({ kind: "agent_metadata", agentId: id });
      }),
    updateAppHealths: (id, healths) =>
      report(id, async (tx, workspace) => {
        for (const { appId, health } of healths)
          await tx.db.updateTable("workspace_apps").set({ health }).where("id", "=", appId).where("agent_id", "=", id).execute();
        tx.publish({ kind: "workspace_changed", workspaceId: workspace.id });
      }),
    recordScriptTiming: (id, timing) =>
      report(id, async (tx) => {
        const script = await tx.db
          .selectFrom("workspace_agent_scripts")
          .select("id")
          .where("id", "=", timing.script_id)
          .where("workspace_agent_id", "=", id)
          .executeTakeFirst();
        if (script === undefined) throw new NotFoundError("script");
        await tx.db
          .insertInto("workspace_agent_script_timings")
          .values(timing)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),

    createLogSource: (id, source) =>
      report(id, async (tx) => {
        await tx.db
          .insertInto("workspace_agent_log_sources")
          .values({ id: source.id, workspace_agent_id: id, display_name: source.displayName, icon: source.icon, created_at: now() })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        return tx.db
          .selectFrom("workspace_agent_log_sources")
          .selectAll()
          .where("workspace_agent_id", "=", id)
          .where("id", "=", source.id)
          .executeTakeFirstOrThrow();
      }),
    appendLogs: async (id, sourceId, logs) => {
      const written = await report(id, async (tx) => {
        const agent = await tx.db
          .selectFrom("workspace_agents")
          .select(["logs_length", "logs_overflowed"])
          .where("id", "=", id)
          .$if(dialect === "postgres", (q) => q.forUpdate())
          .executeTakeFirstOrThrow();
        const source = await tx.db
          .selectFrom("workspace_agent_log_sources")
          .select("id")
          .where("workspace_agent_id", "=", id)
          .where("id", "=", sourceId)
          .executeTakeFirst();
        if (source === undefined)
          throw new InvalidInputError("The agent has no such log source.", [
            { field: "log_source_id", detail: "not a source of this agent" },
          ]);
        const rows = logs.map(({ level, output, createdAt = now() }) => ({ level, output: cleanText(output), created_at: createdAt }));
        // An empty line takes a row too.
        const length = agent.logs_length + rows.reduce((sum, { output }) => sum + Math.max(Buffer.byteLength(output), 1), 0);
        tx.publish({ kind: "agent_logs", agentId: id });
        if (agent.logs_overflowed || length > AGENT_LOG_LIMIT_BYTES) {
          // Committed, unlike the lines: everybody is to see that something is missing.
          await tx.db.updateTable("workspace_agents").set({ logs_overflowed: true }).where("id", "=", id).execute();
          return undefined;
        }
        await tx.db.updateTable("workspace_agents").set({ logs_length: length }).where("id", "=", id).execute();
        const inserted: Row<"workspace_agent_logs">[] = [];
        for (let at = 0; at < rows.length; ) {
          const count = rows.length - at < LOGS_AT_A_TIME ? 1 : LOGS_AT_A_TIME;
          const values = rows.slice(at, at + count).map((row) => ({ agent_id: id, log_source_id: sourceId, ...row }));
          const batch = await tx.db.insertInto("workspace_agent_logs").values(values).returningAll().execute();
          for (const row of batch.sort((left, right) => left.id - right.id)) inserted.push(row);
          at += count;
        }
        return inserted;
      });
      if (written === undefined) throw new LogQuotaExceededError();
      return written;
    },
    logs: async (id, after = 0) => {
      await readable(id);
      return findLogs(db, id, after);
    },
    async *followLogs(id, { after = 0, ...options }) {
      const { id: workspaceId } = await readable(id);
      let last = after;
      const concerns = (event: Parameters<Parameters<typeof events.subscribe>[0]>[0]): boolean =>
        (event.kind === "agent_logs" && event.agentId === id) || (event.kind === "workspace_changed" && event.workspaceId === workspaceId);
      const batches = follow({ events, concerns, ...options }, async () => {
        const isOver = await isAgentSuperseded(db, id);
        return { found: await findLogs(db, id, last), isOver };
      });
      for await (const batch of batches) {
        last = batch.at(-1)?.id ?? last;
        yield batch;
      }
    },
  };
}

function lifecycleTimes(row: Row<"workspace_agents">, state: AgentLifecycle, at: Date): RowPatch<"workspace_agents"> {
  switch (state) {
    case "starting":
      return { started_at: at, ready_at: null };
    case "ready":
    case "start_timeout":
    case "start_error":
      return { started_at: row.started_at ?? at, ready_at: at };
    default:
      return {};
  }
}

function findLogs(db: Kysely<Tables>, id: AgentId, after: number): Promise<Row<"workspace_agent_logs">[]> {
  return db.selectFrom("workspace_agent_logs").selectAll().where("agent_id", "=", id).where("id", ">", after).orderBy("id").execute();
}
