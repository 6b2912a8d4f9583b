import type { OrganizationId, TemplateId, TemplateVersionId, UserId, WorkspaceId } from "../ids.ts";
import type { WorkspaceBuild } from "./builds.ts";
import type { BuildReason, Row, RowPatch } from "./tables.ts";

export type Workspace = Row<"workspaces"> & {
  readonly owner_username: string;
  readonly owner_avatar_url: string;
  readonly organization_name: string;
  readonly template_name: string;
  readonly template_display_name: string;
  readonly template_icon: string;
  readonly template_active_version_id: TemplateVersionId;
  readonly template_allow_user_cancel_workspace_jobs: boolean;
  readonly template_require_active_version: boolean;
  readonly template_use_classic_parameter_flow: boolean;
};

export interface NewWorkspace {
  readonly ownerId: UserId;
  readonly templateId: TemplateId;
  /** Default: the template's active one. */
  readonly templateVersionId?: TemplateVersionId;
  readonly name: string;
  readonly autostartSchedule?: string;
  readonly ttlMs?: number;
  readonly automaticUpdates?: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly reason?: BuildReason;
}

export interface WorkspaceFilter {
  readonly ownerId?: UserId;
  /** Part of the name. */
  readonly name?: string;
  readonly exactName?: string;
  readonly templateId?: TemplateId;
  readonly organizationId?: OrganizationId;
  readonly limit?: number;
  readonly offset?: number;
}

export interface Workspaces {
  /** The workspace and its first build, a start, with its job. @throws NameTakenError, JobNotCompletedError */
  create(workspace: NewWorkspace): Promise<{ readonly workspace: Workspace; readonly build: WorkspaceBuild }>;
  /** Deleted ones too, for whoever may read them: look at `deleted`. */
  get(id: WorkspaceId): Promise<Workspace>;
  /** @param includeDeleted default false; the youngest of that name */
  getByOwnerAndName(ownerId: UserId, name: string, includeDeleted?: boolean): Promise<Workspace>;
  /** By owner, then name; without deleted ones. `count` is the number of matches before limit and offset. */
  list(filter?: WorkspaceFilter): Promise<{ readonly workspaces: readonly Workspace[]; readonly count: number }>;
  update(
    id: WorkspaceId,
    patch: Pick<RowPatch<"workspaces">, "name" | "autostart_schedule" | "ttl_ms" | "automatic_updates" | "favorite" | "last_used_at">,
  ): Promise<Workspace>;
}
