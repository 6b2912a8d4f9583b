/** Reads the rows from which a build daemon's message is built. */
import type { Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { OrganizationId, TemplateVersionId, UserId, WorkspaceId } from "../ids.ts";
import { findBuildParameters } from "./build-rows.ts";

export function findWorkspaceRow(db: Kysely<Tables>, id: WorkspaceId): Promise<Row<"workspaces">> {
  return db.selectFrom("workspaces").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

export function findOwnerRow(db: Kysely<Tables>, id: UserId): Promise<Row<"users">> {
  return db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/** Returns undefined for a user who is not a member. */
export async function findMemberRoles(
  db: Kysely<Tables>,
  userId: UserId,
  organizationId: OrganizationId,
): Promise<readonly string[] | undefined> {
  const member = await db
    .selectFrom("organization_members")
    .select("roles")
    .where("user_id", "=", userId)
    .where("organization_id", "=", organizationId)
    .executeTakeFirst();
  return member?.roles;
}

export function findGitSshKeyRow(db: Kysely<Tables>, userId: UserId): Promise<Row<"git_ssh_keys"> | undefined> {
  return db.selectFrom("git_ssh_keys").selectAll().where("user_id", "=", userId).executeTakeFirst();
}

/** Finds the module archive from the version's import, if there is one. */
export async function findModuleFiles(
  db: Kysely<Tables>,
  id: TemplateVersionId,
): Promise<Row<"template_version_terraform_values">["cached_module_files"]> {
  const values = await db
    .selectFrom("template_version_terraform_values")
    .select("cached_module_files")
    .where("template_version_id", "=", id)
    .executeTakeFirst();
  return values?.cached_module_files ?? null;
}

/** Returns the previous build's parameters; an empty list for a workspace's first build. */
export async function findPreviousParameters(
  db: Kysely<Tables>,
  build: Pick<Row<"workspace_builds">, "workspace_id" | "build_number">,
): Promise<{ name: string; value: string }[]> {
  const previous = await db
    .selectFrom("workspace_builds")
    .select("id")
    .where("workspace_id", "=", build.workspace_id)
    .where("build_number", "=", build.build_number - 1)
    .executeTakeFirst();
  return previous === undefined ? [] : findBuildParameters(db, previous.id);
}

/** Whether an earlier build of the workspace has begun to apply. Daemons that do not report it are known by their success. */
export async function hasAppliedBefore(
  db: Kysely<Tables>,
  build: Pick<Row<"workspace_builds">, "workspace_id" | "build_number">,
): Promise<boolean> {
  const applied = await db
    .selectFrom("workspace_builds as build")
    .innerJoin("provisioner_jobs as job", "job.id", "build.job_id")
    .select("build.id")
    .where("build.workspace_id", "=", build.workspace_id)
    .where("build.build_number", "<", build.build_number)
    .where((eb) => eb.or([eb("build.has_applied", "=", true), eb("job.job_status", "=", "succeeded")]))
    .limit(1)
    .executeTakeFirst();
  return applied !== undefined;
}
