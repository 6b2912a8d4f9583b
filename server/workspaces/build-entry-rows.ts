import type { Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { JobId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";

/** Reads what the audit log records about a build's workspace: its name and organization, its owner's name, its template's icon. */
export function findAuditedWorkspace(
  db: Kysely<Tables>,
  id: WorkspaceId,
): Promise<Pick<Row<"workspaces">, "name" | "organization_id"> & Pick<Row<"users">, "username"> & Pick<Row<"templates">, "icon">> {
  return db
    .selectFrom("workspaces as workspace")
    .innerJoin("users as owner", "owner.id", "workspace.owner_id")
    .innerJoin("templates as template", "template.id", "workspace.template_id")
    .select(["workspace.name", "workspace.organization_id", "owner.username", "template.icon"])
    .where("workspace.id", "=", id)
    .executeTakeFirstOrThrow();
}

/** Returns the agents that a build's job created, sorted by name. */
export function findAgentsOfJob(db: Kysely<Tables>, jobId: JobId): Promise<Row<"workspace_agents">[]> {
  return db
    .selectFrom("workspace_agents as agent")
    .innerJoin("workspace_resources as resource", "resource.id", "agent.resource_id")
    .selectAll("agent")
    .where("resource.job_id", "=", jobId)
    .orderBy("agent.name")
    .execute();
}

/** Finds the build's first entry, which names the user who enqueued it. */
export function findFirstEntry(
  db: Kysely<Tables>,
  id: WorkspaceBuildId,
): Promise<Pick<Row<"audit_logs">, "user_id" | "api_key_id" | "ip" | "user_agent" | "request_id"> | undefined> {
  return db
    .selectFrom("audit_logs")
    .select(["user_id", "api_key_id", "ip", "user_agent", "request_id"])
    .where("resource_id", "=", id)
    .where("resource_type", "=", "workspace_build")
    .orderBy("number")
    .limit(1)
    .executeTakeFirst();
}
