import type { AgentId, JobId, OrganizationId, WorkspaceId } from "../ids.ts";

/** What was committed a moment ago, in this process or another on the same database. Tells where to look, not what is there. */
export type StoreEvent =
  | {
      readonly kind: "job_posted";
      readonly organizationId: OrganizationId;
      readonly provisioner: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  /** Logs were added, or the job's status changed. */
  | { readonly kind: "job_changed"; readonly jobId: JobId }
  /** A build, its job, or an agent of the workspace changed. */
  | { readonly kind: "workspace_changed"; readonly workspaceId: WorkspaceId }
  | { readonly kind: "agent_logs"; readonly agentId: AgentId }
  | { readonly kind: "agent_metadata"; readonly agentId: AgentId }
  /** Events may have been missed: everybody looks again. */
  | { readonly kind: "resync" };

export interface StoreEvents {
  /** @returns ends the subscription; harmless twice */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}
