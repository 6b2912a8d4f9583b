/**
 * Defines what a feature passes to the queue so that its jobs can be done. This room moves jobs: it queues them, leases them to daemons,
 * keeps their logs and ends them. It learns from the job's kind what a job is for. See docs/decisions/0017-job-kinds.md.
 */
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AuthzObject } from "#authz/object.ts";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { AcquiredJobSchema, CompletedJob, FailedJob, UpdateJobRequest } from "#proto/gen/provisionerd_pb.js";
import type { AuditEntry } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { JobType } from "../database/tables/provisioning.ts";
import type { Transition } from "../database/tables/workspaces.ts";
import type { Row } from "../database/tables.ts";
import type { FileId, JobId, OrganizationId, TemplateId, WorkspaceId } from "../ids.ts";

/** Maps each case of a message's `oneof`, which names a kind of job on the wire, to its value. */
type ByCase<T extends { readonly case: string | undefined; readonly value?: unknown }> = {
  readonly [M in Extract<T, { readonly case: string }> as M["case"]]: M["value"];
};

type CompletedByCase = ByCase<CompletedJob["type"]>;
type FailedByCase = ByCase<FailedJob["type"]>;

export type JobCase = keyof CompletedByCase & keyof FailedByCase;
/** What a daemon sends about a job that it has completed. */
export type Completed<C extends JobCase> = CompletedByCase[C];
/** What a daemon sends about a failed job, besides the reason. */
export type Failed<C extends JobCase> = FailedByCase[C];
/** The part of a daemon's job message that only the job's kind can build. */
export type Assignment = NonNullable<MessageInitShape<typeof AcquiredJobSchema>["type"]>;

/**
 * How a job ends that a daemon holds, or was about to get.
 *
 * - `completed`: the daemon completed it. The kind checks the results, then stores them.
 * - `refused`: the daemon completed it, but the results break a rule. None may be stored, except facts that hold regardless.
 * - `failed`: the daemon reports that it failed.
 * - `given_up`: the server ends it on its own, because its lease has ended or it could not be prepared.
 */
export type JobEnd<C extends JobCase = JobCase> =
  | { readonly how: "completed"; readonly outcome: Completed<C>; readonly apiVersion: string }
  | { readonly how: "refused"; readonly error: string; readonly outcome: Completed<C> | undefined }
  | { readonly how: "failed"; readonly error: string; readonly errorCode: string; readonly failure: Failed<C> | undefined }
  | { readonly how: "given_up"; readonly error: string };

/** What the server makes of what a daemon has learned so far. */
export interface Progress {
  /** The values of a template's variables that the import continues with: those that somebody set. */
  readonly variables: readonly { readonly name: string; readonly value: string; readonly sensitive: boolean; readonly json: boolean }[];
  /** Why the job cannot continue. */
  readonly problem?: string;
}

/** Describes what a job is for: the object on which permission to read it is checked, and names to show, as far as these exist. */
export interface JobAbout {
  readonly object: AuthzObject;
  /** The action on `object` that canceling the job requires: whoever may start such a job may cancel it. */
  readonly cancel: Action;
  readonly names: JobNames;
}

export interface JobNames {
  readonly template_version_name: string | null;
  readonly template_id: TemplateId | null;
  readonly template_name: string | null;
  readonly template_display_name: string | null;
  readonly template_icon: string | null;
  readonly workspace_id: WorkspaceId | null;
  readonly workspace_name: string | null;
  readonly workspace_build_transition: Transition | null;
}

export interface PrepareOptions {
  /** The URL at which agents and users reach this server. */
  readonly accessUrl: string;
  /** The job's daemon can download a state that is too large for the message. */
  readonly canDownloadState: boolean;
}

/** A state that a daemon uploads. Unless it is finished, closing it deletes what has arrived. */
export interface JobStateUpload extends AsyncDisposable {
  /** Takes the next bytes. */
  add(bytes: Uint8Array): Promise<void>;
  /** @param check throws if these are not the bytes that were announced. @returns the ID by which the job's later calls name the state */
  finish(check: (seen: { readonly sizeBytes: number; readonly sha256: Uint8Array }) => void): Promise<string>;
}

/** A state that a daemon downloads. */
export interface JobState {
  readonly sizeBytes: number;
  readonly sha256: Uint8Array;
  /** In pieces of at most 1 MiB. */
  pieces(): AsyncIterable<Uint8Array>;
}

type JobRow = Row<"provisioner_jobs">;

/**
 * Everything that is special about one kind of job. A method with a `tx` runs in the transaction of the change that it belongs to, with the
 * job's row locked; it writes its whole part or throws. A kind leaves out the optional methods that it does not need.
 *
 * These are declared as methods so that a kind of one case fits into a list of all kinds. The queue passes a kind only its own messages.
 */
export interface JobKind<C extends JobCase = JobCase> {
  readonly type: JobType;
  readonly case: C;
  /** The types of the objects on which permissions for its jobs are checked. */
  readonly checkedAs: readonly ResourceType[];

  /** Builds the kind's part of the daemon's message. Creates the job's own secrets, so it is called once per handing out of a job. */
  prepare(core: Database, tx: Tx, job: JobRow, options: PrepareOptions): Promise<Assignment>;

  /** Stores what the daemon has learned so far. */
  progress?(core: Database, tx: Tx, job: JobRow, request: UpdateJobRequest): Promise<Progress | undefined>;

  /**
   * Stores the job's results, ends its secrets, and notifies watchers of what the job is for. The job's row already says that it is over.
   *
   * @throws InvalidCompletionError if a completed job's results break a rule: the transaction is rolled back, and the job ends as `refused`
   */
  end(core: Database, tx: Tx, job: JobRow, end: JobEnd<C>): Promise<void>;

  /** Keeps the facts that hold regardless from a report that arrived after its job had ended without success. */
  keepLate?(core: Database, tx: Tx, job: JobRow, late: Completed<C> | Failed<C>): Promise<void>;

  /** Begins to take a state of any size that the job's daemon uploads, whether or not the job is over. */
  receiveState?(core: Database, job: JobRow): Promise<JobStateUpload>;

  /** Opens the state with which the job starts; undefined if there is none. */
  openState?(core: Database, job: JobRow): Promise<JobState | undefined>;

  /** Notifies watchers of what the job is for that the job was canceled, and may be over because of that. */
  changed?(tx: Tx, id: JobId): Promise<void>;

  /** Returns the audit log's entry for a cancel, about what the job is for; undefined if that no longer exists. */
  cancelEntry?(db: Database["db"], id: JobId): Promise<AuditEntry | undefined>;

  /** Finds out in one query what each of these jobs is for. Omits jobs of other kinds, and jobs whose object no longer exists. */
  describe(db: Database["db"], ids: readonly JobId[]): Promise<ReadonlyMap<JobId, JobAbout>>;

  /** Finds a module archive that jobs of this kind stored. Only daemons of this organization may fetch it. */
  findArchive?(
    db: Database["db"],
    archive: { readonly id: FileId; readonly organizationId: OrganizationId },
  ): Promise<Uint8Array | undefined>;
}

export type JobKinds = readonly JobKind[];

/** @throws Error if the kind is missing in `kinds`: a caller that asks about a job must pass its kind */
export function kindOf(kinds: JobKinds, type: JobType): JobKind {
  const kind = kinds.find((one) => one.type === type);
  if (kind === undefined) throw new Error(`no job kind was passed for jobs of type ${type}`);
  return kind;
}
