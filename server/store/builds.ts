import type { PresetId, TemplateVersionId, UserId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import type { Job } from "./jobs.ts";
import type { BuildReason, Row, Transition } from "./tables.ts";

export type WorkspaceBuild = Omit<Row<"workspace_builds">, "provisioner_state" | "agent_token_secret"> & {
  readonly workspace_name: string;
  readonly workspace_owner_id: UserId;
  readonly workspace_owner_username: string;
  readonly workspace_owner_avatar_url: string;
  readonly template_version_name: string;
  readonly initiator_username: string;
  readonly job: Job;
};

export interface NewBuild {
  readonly workspaceId: WorkspaceId;
  readonly transition: Transition;
  /** Default: the last build's; for a start of a template that requires it, the active one. */
  readonly templateVersionId?: TemplateVersionId;
  readonly presetId?: PresetId;
  /** What the last build had and is not named here carries over, except ephemeral parameters. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly reason?: BuildReason;
  readonly logLevel?: string;
  /** Replaces the state that the build starts from; needs `update` on the template. Empty with `delete`: forget, do not destroy. */
  readonly state?: Uint8Array;
}

export interface WorkspaceBuilds {
  /**
   * Enqueues its job with it, and ends the tokens of the build before. Start and stop need the right of that name on the workspace,
   * delete the right to delete. Parameters are checked against the version's.
   *
   * @throws BuildActiveError while another build is not over, InvalidInputError for parameters, JobNotCompletedError for the version
   */
  create(build: NewBuild): Promise<WorkspaceBuild>;
  get(id: WorkspaceBuildId): Promise<WorkspaceBuild>;
  getByNumber(workspaceId: WorkspaceId, buildNumber: number): Promise<WorkspaceBuild>;
  getLatest(workspaceId: WorkspaceId): Promise<WorkspaceBuild>;
  /** Those of workspaces that may be read. */
  latestOf(workspaceIds: readonly WorkspaceId[]): Promise<ReadonlyMap<WorkspaceId, WorkspaceBuild>>;
  /** Newest first. */
  list(
    workspaceId: WorkspaceId,
    page?: { readonly limit?: number; readonly offset?: number; readonly afterId?: WorkspaceBuildId },
  ): Promise<readonly WorkspaceBuild[]>;
  parameters(id: WorkspaceBuildId): Promise<readonly { readonly name: string; readonly value: string }[]>;
  /** Terraform's state, empty when there is none. Needs `update` on the template. */
  state(id: WorkspaceBuildId): Promise<Uint8Array>;
}
