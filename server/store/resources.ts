import type { JobId } from "../ids.ts";
import type { AgentDetails } from "./agents.ts";
import type { Row } from "./tables.ts";

export type Resource = Row<"workspace_resources"> & {
  readonly metadata: readonly Row<"workspace_resource_metadata">[];
  readonly agents: readonly AgentDetails[];
};

export interface Resources {
  /** As the daemon sent them. For who may read the job's workspace or template. */
  ofJob(jobId: JobId): Promise<readonly Resource[]>;
  /** Of many jobs at once; a job that may not be read, or has none, has no entry. */
  ofJobs(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, readonly Resource[]>>;
}
