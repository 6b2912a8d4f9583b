/** Reads and writes the rows for a new build, without permission checks. */
import type { Kysely } from "kysely";
import { UniqueViolationError } from "../database/failures.ts";
import type { Dialect } from "../database/migrations/column-types.ts";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import { BuildActiveError } from "../errors.ts";
import type { JobId, PresetId, TemplateVersionId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import type { ParameterValue } from "./build-parameters.ts";

type Db = Kysely<Tables>;

/** Locks the workspace, so that decisions about it hold until the build is stored. */
export function lockWorkspaceRow(db: Db, dialect: Dialect, id: WorkspaceId): Promise<Row<"workspaces"> | undefined> {
  return db
    .selectFrom("workspaces")
    .selectAll()
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
}

export function findLatestBuildRow(db: Db, workspaceId: WorkspaceId): Promise<Row<"workspace_builds"> | undefined> {
  return db
    .selectFrom("workspace_builds")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .orderBy("build_number", "desc")
    .limit(1)
    .executeTakeFirst();
}

export function findBuildRow(db: Db, id: WorkspaceBuildId): Promise<Row<"workspace_builds">> {
  return db.selectFrom("workspace_builds").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/** Reads what a build takes over from its version's import. */
export function getImportJob(db: Db, id: JobId): Promise<Pick<Row<"provisioner_jobs">, "file_id" | "tags" | "provisioner">> {
  return db.selectFrom("provisioner_jobs").select(["file_id", "tags", "provisioner"]).where("id", "=", id).executeTakeFirstOrThrow();
}

/** Returns undefined if the version has no such preset. */
export async function findPresetValues(db: Db, id: PresetId, version: TemplateVersionId): Promise<ParameterValue[] | undefined> {
  const preset = await db
    .selectFrom("template_version_presets")
    .select("id")
    .where("id", "=", id)
    .where("template_version_id", "=", version)
    .executeTakeFirst();
  if (preset === undefined) return undefined;
  return db
    .selectFrom("template_version_preset_parameters")
    .select(["name", "value"])
    .where("template_version_preset_id", "=", id)
    .execute();
}

/** @throws BuildActiveError if another build was created first */
export function insertBuildRow(db: Db, build: NewRow<"workspace_builds">): Promise<Row<"workspace_builds">> {
  return db
    .insertInto("workspace_builds")
    .values(build)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      throw error instanceof UniqueViolationError ? new BuildActiveError({ cause: error }) : error;
    });
}

export async function insertBuildParameters(db: Db, id: WorkspaceBuildId, parameters: readonly ParameterValue[]): Promise<void> {
  for (const { name, value } of parameters)
    await db.insertInto("workspace_build_parameters").values({ workspace_build_id: id, name, value }).execute();
}
