import { provisionerJobObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { ruled } from "../access/ruled.ts";
import type { JobId, OrganizationId } from "../ids.ts";
import { describeJobs, readableJob } from "./describe-jobs.ts";
import type { JobKinds } from "./job-kind.ts";
import { findJobRowsOf, type Job } from "./job-rows.ts";

/** Reads a job. Permission is checked on what the job is for. @param kinds must include the job's kind */
export const getJob = ruled("jobs.get", (context: Context, kinds: JobKinds, id: JobId): Promise<Job> => readableJob(context, kinds, id));

/** Lists jobs, newest first. Needs permission to read the organization's jobs. @param filter.limit default 50 */
export const listJobs = ruled(
  "jobs.list",
  async (
    { db, guard }: Context,
    kinds: JobKinds,
    { organizationId, limit = 50 }: { readonly organizationId: OrganizationId; readonly limit?: number },
  ): Promise<readonly Job[]> => {
    guard.requireOpenly("read", provisionerJobObject({ organizationId }));
    const rows = await findJobRowsOf(db, organizationId, limit);
    const abouts = await describeJobs(db, kinds, rows);
    return rows.flatMap((row) => {
      const about = abouts.get(row.id);
      return about === undefined ? [] : [{ ...row, ...about.names }];
    });
  },
);
