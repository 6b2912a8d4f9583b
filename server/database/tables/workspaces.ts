import type { Generated } from "kysely";
import type {
  JobId,
  OrganizationId,
  PresetId,
  StateId,
  TemplateId,
  TemplateVersionId,
  UserId,
  WorkspaceBuildId,
  WorkspaceId,
} from "../../ids.ts";
import type { Acl, Hash, Sealed } from "./column-values.ts";

export type Transition = "start" | "stop" | "delete";
export type BuildReason = "initiator" | "autostart" | "autostop" | "dormancy" | "autodelete" | "dashboard" | "cli" | "ssh_connection";

/**
 * What a build was entitled to: everything that its workspace's owner may do, nothing beyond its agents' own duties, or what every one of
 * these grants allows. The first grant is what the requesting key may do, the others are what it and its ancestors may hand on.
 */
export type StoredEntitlement =
  | { readonly kind: "full" | "none" }
  | {
      readonly kind: "limited";
      readonly grants: readonly {
        readonly scopes: readonly string[];
        readonly allow_list: readonly string[];
        readonly expires_at: string;
      }[];
    };

/** Workspaces and their builds. */
export interface WorkspacesTables {
  workspaces: {
    id: WorkspaceId;
    owner_id: UserId;
    organization_id: OrganizationId;
    template_id: TemplateId;
    name: string;
    deleted: Generated<boolean>;
    autostart_schedule: string | null;
    ttl_ms: number | null;
    automatic_updates: Generated<string>;
    favorite: Generated<boolean>;
    user_acl: Acl;
    group_acl: Acl;
    last_used_at: Date;
    dormant_at: Date | null;
    deleting_at: Date | null;
    next_start_at: Date | null;
    created_at: Date;
    updated_at: Date;
  };
  workspace_builds: {
    id: WorkspaceBuildId;
    workspace_id: WorkspaceId;
    template_version_id: TemplateVersionId;
    template_version_preset_id: PresetId | null;
    build_number: number;
    transition: Transition;
    reason: BuildReason;
    initiator_id: UserId;
    /** The API token that requested the build; null if a session or the server did. Limits the key that the build gets. */
    initiator_key_id: string | null;
    /** The session that requested the build; null if a token or the server did. Without it, the build gets nothing of its owner's. */
    initiator_session_id: string | null;
    /** What the build was entitled to when a daemon last took it; null before. Its agents never get more. */
    entitlement: StoredEntitlement | null;
    /** The key on which a limited entitlement depends: what that loses later, the build's agents lose too. */
    entitlement_key_id: string | null;
    job_id: JobId;
    /** Terraform's state; null if there is none. A new build refers to its predecessor's until it has one of its own. */
    state_id: StateId | null;
    /** The request said from which state the build starts, so that it does not have its predecessor's. */
    state_given: Generated<boolean>;
    /** The build has not worked with its state: its daemon said that nothing was changed, or it is a delete that destroys nothing. */
    state_untouched: Generated<boolean>;
    /** Where the daemon keeps the build's state, and its name, as long as the server does not have that state. */
    missing_state_file: string | null;
    missing_state_daemon: string | null;
    /** 32 bytes from which this build's agent tokens are derived; null before the job runs and after it has ended. */
    agent_token_secret: Sealed | null;
    daily_cost: Generated<number>;
    deadline: Date | null;
    max_deadline: Date | null;
    has_external_agent: Generated<boolean>;
    /** Terraform has begun to change things, or may have: written before it does. */
    has_applied: Generated<boolean>;
    created_at: Date;
    updated_at: Date;
  };
  /** Where Terraform keeps the state of a workspace whose template has a backend; removed with the workspace. */
  workspace_state_backends: {
    workspace_id: WorkspaceId;
    /** The last build that had this backend. */
    workspace_build_id: WorkspaceBuildId;
    /** Equal for all that would share one state, so no two workspaces have the same. */
    identity: Hash;
    type: string;
    /** File and line of the block. */
    declared_at: string;
    /** Of the state; empty until a build has found one there. */
    lineage: string;
    updated_at: Date;
  };
  workspace_build_parameters: { workspace_build_id: WorkspaceBuildId; name: string; value: string };
}
