/** Reads and writes the rows that a build's job works with. */
import type { Kysely } from "kysely";
import { workspaceObjectOf } from "../access/objects.ts";
import type { Row, RowPatch, Tables } from "../database/tables.ts";
import type { JobId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import type { JobAbout } from "../provisioning/job-kind.ts";
import { namesOfBuild } from "./build-rows.ts";

/** Finds the build that a job is for, if it is for one. */
export function findBuildOfJob(db: Kysely<Tables>, id: JobId): Promise<Row<"workspace_builds"> | undefined> {
  return db.selectFrom("workspace_builds").selectAll().where("job_id", "=", id).executeTakeFirst();
}

export async function updateBuildRow(db: Kysely<Tables>, id: WorkspaceBuildId, set: RowPatch<"workspace_builds">): Promise<void> {
  await db.updateTable("workspace_builds").set(set).where("id", "=", id).execute();
}

export async function setWorkspaceDeleted(db: Kysely<Tables>, id: WorkspaceId, at: Date): Promise<void> {
  await db.updateTable("workspaces").set({ deleted: true, updated_at: at }).where("id", "=", id).execute();
}

/** Describes build jobs by their workspaces. Whoever may start, stop or delete a workspace may cancel that kind of build. */
export async function describeBuilds(db: Kysely<Tables>, ids: readonly JobId[]): Promise<Map<JobId, JobAbout>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("workspace_builds as build")
    .innerJoin("workspaces as workspace", "workspace.id", "build.workspace_id")
    .innerJoin("template_versions as version", "version.id", "build.template_version_id")
    .innerJoin("templates as template", "template.id", "workspace.template_id")
    .select(["build.job_id", "build.transition", "build.workspace_id"])
    .select(["workspace.owner_id", "workspace.organization_id", "workspace.dormant_at", "workspace.user_acl", "workspace.group_acl"])
    .select(["workspace.name as workspace_name", "version.name as template_version_name"])
    .select([
      "template.id as template_id",
      "template.name as template_name",
      "template.display_name as template_display_name",
      "template.icon as template_icon",
    ])
    .where("build.job_id", "in", ids)
    .execute();
  return new Map(
    rows.map((row) => [
      row.job_id,
      { object: workspaceObjectOf({ ...row, id: row.workspace_id }), cancel: row.transition, names: namesOfBuild(row) },
    ]),
  );
}
