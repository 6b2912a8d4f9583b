/** Reads rows of builds, without permission checks, for the views, the queue and the daemon service. */
import type { Kysely } from "kysely";
import { workspaceObjectOf } from "../access/objects.ts";
import type { Row, Tables } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { UserId, WorkspaceBuildId } from "../ids.ts";
import type { JobNames } from "../provisioning/job-kind.ts";
import { findJobRows, type Job } from "../provisioning/job-rows.ts";

export type WorkspaceBuild = Omit<
  Row<"workspace_builds">,
  | "initiator_session_id"
  | "entitlement"
  | "entitlement_key_id"
  | "state_id"
  | "state_given"
  | "state_untouched"
  | "missing_state_file"
  | "missing_state_daemon"
  | "agent_token_secret"
  | "has_applied"
> & {
  readonly workspace_name: string;
  readonly workspace_owner_id: UserId;
  readonly workspace_owner_username: string;
  readonly workspace_owner_avatar_url: string;
  readonly template_version_name: string;
  readonly initiator_username: string;
  readonly job: Job;
};

export function agentSecretPurpose(buildId: WorkspaceBuildId): string {
  return `workspace_builds.agent_token_secret:${buildId}`;
}

export function selectBuilds(db: Kysely<Tables>) {
  return db
    .selectFrom("workspace_builds as build")
    .innerJoin("workspaces as workspace", "workspace.id", "build.workspace_id")
    .innerJoin("users as owner", "owner.id", "workspace.owner_id")
    .innerJoin("users as initiator", "initiator.id", "build.initiator_id")
    .innerJoin("template_versions as version", "version.id", "build.template_version_id")
    .innerJoin("templates as template", "template.id", "workspace.template_id")
    .select([
      "build.id",
      "build.workspace_id",
      "build.template_version_id",
      "build.template_version_preset_id",
      "build.build_number",
      "build.transition",
      "build.reason",
      "build.initiator_id",
      "build.initiator_key_id",
      "build.job_id",
      "build.daily_cost",
      "build.deadline",
      "build.max_deadline",
      "build.has_external_agent",
      "build.created_at",
      "build.updated_at",
    ])
    .select([
      "workspace.name as workspace_name",
      "workspace.owner_id as workspace_owner_id",
      "owner.username as workspace_owner_username",
      "owner.avatar_url as workspace_owner_avatar_url",
      "version.name as template_version_name",
      "initiator.username as initiator_username",
      "workspace.organization_id as workspace_organization_id",
      "workspace.dormant_at as workspace_dormant_at",
      "workspace.user_acl as workspace_user_acl",
      "workspace.group_acl as workspace_group_acl",
    ])
    .select([
      "template.id as template_id",
      "template.name as template_name",
      "template.display_name as template_display_name",
      "template.icon as template_icon",
    ]);
}

export type SelectedBuild = Awaited<ReturnType<ReturnType<typeof selectBuilds>["execute"]>>[number];

export function buildObject(row: SelectedBuild) {
  return workspaceObjectOf({
    id: row.workspace_id,
    owner_id: row.workspace_owner_id,
    organization_id: row.workspace_organization_id,
    dormant_at: row.workspace_dormant_at,
    user_acl: row.workspace_user_acl,
    group_acl: row.workspace_group_acl,
  });
}

/** Returns the names that a build's job shows to people. */
export function namesOfBuild(
  row: Pick<
    SelectedBuild,
    | "template_version_name"
    | "template_id"
    | "template_name"
    | "template_display_name"
    | "template_icon"
    | "workspace_id"
    | "workspace_name"
    | "transition"
  >,
): JobNames {
  return {
    template_version_name: row.template_version_name,
    template_id: row.template_id,
    template_name: row.template_name,
    template_display_name: row.template_display_name,
    template_icon: row.template_icon,
    workspace_id: row.workspace_id,
    workspace_name: row.workspace_name,
    workspace_build_transition: row.transition,
  };
}

export async function withJobs(db: Kysely<Tables>, rows: readonly SelectedBuild[]): Promise<WorkspaceBuild[]> {
  const jobs = await findJobRows(
    db,
    rows.map(({ job_id }) => job_id),
  );
  return rows.map((row) => {
    const {
      workspace_organization_id: _organization,
      workspace_dormant_at: _dormant,
      workspace_user_acl: _user,
      workspace_group_acl: _group,
      template_id: _template,
      template_name: _templateName,
      template_display_name: _templateDisplayName,
      template_icon: _templateIcon,
      ...build
    } = row;
    const job = jobs.get(build.job_id);
    if (job === undefined) throw new Error(`workspace build ${build.id} has no job`);
    return { ...build, job: { ...job, ...namesOfBuild(row) } };
  });
}

/** Without a decision. */
export async function findBuild(db: Kysely<Tables>, id: WorkspaceBuildId): Promise<WorkspaceBuild> {
  const [build] = await withJobs(db, await selectBuilds(db).where("build.id", "=", id).execute());
  if (build === undefined) throw new NotFoundError("workspace build");
  return build;
}

/** Without a decision. */
export async function findBuildParameters(db: Kysely<Tables>, id: WorkspaceBuildId): Promise<{ name: string; value: string }[]> {
  return db
    .selectFrom("workspace_build_parameters")
    .select(["name", "value"])
    .where("workspace_build_id", "=", id)
    .orderBy("name")
    .execute();
}
