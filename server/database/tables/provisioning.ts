import type { Generated, GeneratedAlways } from "kysely";
import type {
  DaemonId,
  FileId,
  JobId,
  OrganizationId,
  ProvisionerKeyId,
  TemplateId,
  TemplateVersionId,
  UserId,
  WorkspaceBuildId,
} from "../../ids.ts";
import type { Hash, Sealed, StringMap } from "./column-values.ts";

export type JobType = "template_version_import" | "template_version_dry_run" | "workspace_build";
export type JobStatus = "pending" | "running" | "succeeded" | "canceling" | "canceled" | "failed";
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";
export type LogSource = "provisioner_daemon" | "provisioner";
export type ProvisionerType = "terraform" | "echo";

/** What a job is about, without its secrets. */
export type JobInput =
  | { readonly template_version_id: TemplateVersionId; readonly template_id: TemplateId | null }
  | {
      readonly template_version_id: TemplateVersionId;
      readonly workspace_name: string;
      readonly rich_parameter_values: readonly { readonly name: string; readonly value: string }[];
    }
  | {
      readonly workspace_build_id: WorkspaceBuildId;
      readonly log_level?: string;
      /** The build deletes only the workspace, and keeps what Terraform created. */
      readonly orphan?: boolean;
    };

/** The part of a job's input that is sealed. */
export interface SecretJobInput {
  readonly user_variable_values: readonly { readonly name: string; readonly value: string; readonly format?: "text" | "json" }[];
  /** Names of variables that go back to the template's defaults. */
  readonly user_variable_defaults?: readonly string[];
}

/** Jobs for provisioner daemons, the daemons and their keys. */
export interface ProvisioningTables {
  provisioner_jobs: {
    id: JobId;
    organization_id: OrganizationId;
    initiator_id: UserId;
    type: JobType;
    provisioner: ProvisionerType;
    storage_method: Generated<"file">;
    file_id: FileId;
    input: JobInput;
    /** JSON of `SecretJobInput`, sealed; null if there is none. Deleted when the job ends. */
    secret_input: Sealed | null;
    tags: StringMap;
    /** Nobody waits for the job, for example because of a schedule: it comes after those that people wait for. False once it waits too long. */
    yields: Generated<boolean>;
    trace_metadata: StringMap;
    /** The daemon that holds or held the job. */
    worker_id: DaemonId | null;
    /** Identifies the data directory of the server whose own daemon holds or held the job. Null for other daemons. */
    worker_home: string | null;
    /** How often the job was given to a daemon. */
    claims: Generated<number>;
    /** How often the daemon has renewed its lease since it was given the job. 0: it may not have received the job, and runs nothing yet. */
    lease_renewals: Generated<number>;
    /** How often the job went back to the queue because its daemon did not report on it once. */
    unanswered_claims: Generated<number>;
    error: string | null;
    error_code: string | null;
    logs_length: Generated<number>;
    logs_overflowed: Generated<boolean>;
    /** The number of the last line that the daemon has numbered and the server has taken, whether or not it fitted into the log. */
    logs_taken: Generated<number>;
    job_status: GeneratedAlways<JobStatus>;
    started_at: Date | null;
    canceled_at: Date | null;
    completed_at: Date | null;
    created_at: Date;
    updated_at: Date;
  };
  /** Whose turn it is: a row for everybody who ever asked for a job, and another one for those that yield. */
  provisioner_job_turns: {
    organization_id: OrganizationId;
    initiator_id: UserId;
    yields: boolean;
    /** The number of the organization's jobs that had been given out when the last one of this row was. 0: none was. */
    last_turn: Generated<number>;
    /** Since when jobs of this row wait; null if none does. Jobs that ended without a turn may have left a time behind. */
    waiting_since: Date | null;
  };
  provisioner_job_logs: {
    id: Generated<number>;
    job_id: JobId;
    source: LogSource;
    level: LogLevel;
    stage: string;
    output: string;
    created_at: Date;
  };
  provisioner_job_timings: {
    job_id: JobId;
    stage: "init" | "plan" | "graph" | "apply";
    source: string;
    action: string;
    resource: string;
    started_at: Date;
    ended_at: Date;
  };
  provisioner_keys: {
    id: ProvisionerKeyId;
    /** Null for the reserved keys, which belong to no organization. */
    organization_id: OrganizationId | null;
    name: string;
    /** Null for the reserved keys. */
    hashed_secret: Hash | null;
    tags: StringMap;
    /** The user who made it; null for the reserved keys, and for an older key of whose maker nothing is known. */
    maker_id: UserId | null;
    created_at: Date;
    /** A deleted key is kept until the jobs that its daemons run have ended. It opens nothing else. */
    deleted_at: Date | null;
  };
  provisioner_daemons: {
    id: DaemonId;
    organization_id: OrganizationId;
    key_id: ProvisionerKeyId;
    name: string;
    provisioners: readonly string[];
    tags: StringMap;
    version: string;
    api_version: string;
    last_seen_at: Date | null;
    created_at: Date;
  };
}
