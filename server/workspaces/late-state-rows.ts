import type { Kysely } from "kysely";
import type { Dialect } from "../database/migrations/column-types.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { JobId } from "../ids.ts";
import type { LaterBuild } from "./late-state-rules.ts";

type Db = Kysely<Tables>;

/** Finds the workspace's builds after this one, in order. */
export function findLaterBuilds(db: Db, build: Pick<Row<"workspace_builds">, "workspace_id" | "build_number">): Promise<LaterBuild[]> {
  return db
    .selectFrom("workspace_builds as build")
    .innerJoin("provisioner_jobs as job", "job.id", "build.job_id")
    .select(["build.id", "build.build_number", "build.state_id", "build.state_given", "build.state_untouched"])
    .select(["build.job_id", "job.worker_id"])
    .where("build.workspace_id", "=", build.workspace_id)
    .where("build.build_number", ">", build.build_number)
    .orderBy("build.build_number")
    .execute();
}

/** Locks those of the jobs that wait for a daemon, so that none takes them until the transaction ends. */
export async function lockPendingJobs(
  db: Db,
  dialect: Dialect,
  ids: readonly JobId[],
): Promise<Pick<Row<"provisioner_jobs">, "organization_id" | "provisioner" | "tags">[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom("provisioner_jobs")
    .select(["organization_id", "provisioner", "tags"])
    .where("id", "in", ids)
    .where("started_at", "is", null)
    .where("completed_at", "is", null)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .execute();
}

/** Reads what people call the workspace. */
export function findWorkspaceNames(
  db: Db,
  id: Row<"workspaces">["id"],
): Promise<{ readonly owner: string; readonly name: string; readonly deleted: boolean }> {
  return db
    .selectFrom("workspaces as workspace")
    .innerJoin("users as owner", "owner.id", "workspace.owner_id")
    .select(["owner.username as owner", "workspace.name", "workspace.deleted"])
    .where("workspace.id", "=", id)
    .executeTakeFirstOrThrow();
}

/** Returns the number of the build whose state is in this file. Builds after it that would start from the state name the file too. */
export async function findBuildThatLeft(db: Db, id: Row<"workspaces">["id"], file: string): Promise<number> {
  const { build_number } = await db
    .selectFrom("workspace_builds")
    .select("build_number")
    .where("workspace_id", "=", id)
    .where("missing_state_file", "=", file)
    .orderBy("build_number")
    .limit(1)
    .executeTakeFirstOrThrow();
  return build_number;
}
