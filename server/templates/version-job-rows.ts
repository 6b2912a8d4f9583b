/** Combines versions with the jobs that import them. */
import type { Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { JobNames } from "../provisioning/job-kind.ts";
import { findJobRows, type Job } from "../provisioning/job-rows.ts";
import type { SelectedVersion } from "./version-rows.ts";

export type TemplateVersion = Row<"template_versions"> & {
  readonly created_by_username: string;
  readonly created_by_name: string;
  readonly created_by_avatar_url: string;
  readonly job: Job;
};

/** Returns the names that an import's job shows to people. */
export function namesOfVersion(
  row: Pick<SelectedVersion, "name" | "template_id" | "template_name" | "template_display_name" | "template_icon">,
): JobNames {
  return {
    template_version_name: row.name,
    template_id: row.template_id,
    template_name: row.template_name,
    template_display_name: row.template_display_name,
    template_icon: row.template_icon,
    workspace_id: null,
    workspace_name: null,
    workspace_build_transition: null,
  };
}

export async function withJobs(db: Kysely<Tables>, rows: readonly SelectedVersion[]): Promise<TemplateVersion[]> {
  const jobs = await findJobRows(
    db,
    rows.map(({ job_id }) => job_id),
  );
  return rows.map((row) => {
    const {
      template_user_acl: _user,
      template_group_acl: _group,
      template_name: _name,
      template_display_name: _displayName,
      template_icon: _icon,
      ...version
    } = row;
    const job = jobs.get(version.job_id);
    if (job === undefined) throw new Error(`template version ${version.id} has no job`);
    return { ...version, job: { ...job, ...namesOfVersion(row) } };
  });
}
