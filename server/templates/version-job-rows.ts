/** Versions with the jobs that import them. */
import type { Kysely } from "kysely";
import type { Row, Tables } from "../database/tables.ts";
import type { Job } from "../provisioning/job-rows.ts";
import { findJobs } from "../provisioning/job-rows.ts";
import type { SelectedVersion } from "./version-rows.ts";

export type TemplateVersion = Row<"template_versions"> & {
  readonly created_by_username: string;
  readonly created_by_name: string;
  readonly created_by_avatar_url: string;
  readonly job: Job;
};

export async function withJobs(db: Kysely<Tables>, rows: readonly SelectedVersion[]): Promise<TemplateVersion[]> {
  const jobs = await findJobs(
    db,
    rows.map(({ job_id }) => job_id),
  );
  return rows.map(({ template_user_acl: _user, template_group_acl: _group, ...version }) => {
    const found = jobs.get(version.job_id);
    if (found === undefined) throw new Error(`template version ${version.id} has no job`);
    return { ...version, job: found.job };
  });
}
