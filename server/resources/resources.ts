import type { Kysely } from "kysely";
import type { Context } from "../access/context.ts";
import type { Row, Tables } from "../database/tables.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { describeJobsById, findReadableJobs } from "../provisioning/describe-jobs.ts";
import type { JobKinds } from "../provisioning/job-kind.ts";
import { type AgentDetails, findAgentsOfResources } from "./agent-rows.ts";

export type Resource = Row<"workspace_resources"> & {
  readonly metadata: readonly Row<"workspace_resource_metadata">[];
  readonly agents: readonly AgentDetails[];
};

export interface Resources {
  /** As the daemon sent them. For who may read the job's workspace or template. @param kinds the job's is among them */
  ofJob(kinds: JobKinds, jobId: JobId): Promise<readonly Resource[]>;
  /** Of many jobs at once; a job that may not be read, or has none, has no entry. */
  ofJobs(kinds: JobKinds, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, readonly Resource[]>>;
}

export function createResources(context: Context): Resources {
  const { db, guard } = context;
  return {
    ofJob: async (kinds, jobId) => {
      const about = (await describeJobsById(db, kinds, [jobId])).get(jobId);
      if (about === undefined) throw new NotFoundError("job");
      guard.read(about.object, "job");
      return (await findResources(db, [jobId])).get(jobId) ?? [];
    },
    ofJobs: async (kinds, jobIds) => findResources(db, await findReadableJobs(context, kinds, jobIds)),
  };
}

/** Without a decision. */
async function findResources(db: Kysely<Tables>, jobIds: readonly JobId[]): Promise<Map<JobId, Resource[]>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db.selectFrom("workspace_resources").selectAll().where("job_id", "in", jobIds).orderBy("position").execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const metadata = await db
    .selectFrom("workspace_resource_metadata")
    .selectAll()
    .where("workspace_resource_id", "in", ids)
    .orderBy("position")
    .execute();
  const metadataOf = Map.groupBy(metadata, ({ workspace_resource_id }) => workspace_resource_id);
  const agentsOf = Map.groupBy(await findAgentsOfResources(db, ids), ({ resource_id }) => resource_id);
  const resources = rows.map((row) => ({ ...row, metadata: metadataOf.get(row.id) ?? [], agents: agentsOf.get(row.id) ?? [] }));
  return Map.groupBy(resources, ({ job_id }) => job_id);
}
