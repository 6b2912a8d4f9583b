import type { JobId, OrganizationId, TemplateId, WorkspaceId } from "../ids.ts";
import type { Row, Transition } from "./tables.ts";

export type JobLog = Row<"provisioner_job_logs">;

export type Job = Omit<Row<"provisioner_jobs">, "secret_input"> & {
  readonly worker_name: string | null;
  /** From 1 among the pending jobs of its organization; 0 when it is not pending. */
  readonly queue_position: number;
  /** Pending jobs of its organization. */
  readonly queue_size: number;
  /** What the job is for, so far as it exists. */
  readonly template_version_name: string | null;
  readonly template_id: TemplateId | null;
  readonly template_name: string | null;
  readonly template_display_name: string | null;
  readonly template_icon: string | null;
  readonly workspace_id: WorkspaceId | null;
  readonly workspace_name: string | null;
  readonly workspace_build_transition: Transition | null;
};

/** Reading is checked on the job's workspace or template. */
export interface Jobs {
  get(id: JobId): Promise<Job>;
  /** Newest first. Needs the right to read the organization's jobs. */
  list(filter: { readonly organizationId: OrganizationId; readonly limit?: number }): Promise<readonly Job[]>;
  /** Ids above `after`, in order. Default: all. */
  logs(id: JobId, after?: number): Promise<readonly JobLog[]>;
  /** Stored and then new lines one by one, until the job is over and drained, or the signal. */
  followLogs(id: JobId, options: { readonly after?: number; readonly signal: AbortSignal }): AsyncIterable<JobLog>;
  /** When the job is over: succeeded, failed or canceled. */
  waitUntilOver(id: JobId, signal: AbortSignal): Promise<Job>;
  /**
   * A pending job is over at once; a running one when its daemon has stopped. Needs `update` on the template, and for a build the right
   * to start, stop or delete the workspace as the build does.
   *
   * @param expectStatus the cancel counts only if the job still has it
   * @throws JobNotCancellableError
   */
  cancel(id: JobId, expectStatus?: "pending" | "running"): Promise<void>;
}
