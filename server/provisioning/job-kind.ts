/**
 * What a feature hands to the queue so that its jobs can be done. This room moves jobs: it queues them, leases them to daemons, keeps their
 * logs and ends them. What a job is for, it learns from the job's kind. docs/decisions/0017-job-kinds.md
 */
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AuthzObject } from "#authz/object.ts";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import type { AcquiredJobSchema, CompletedJob, FailedJob, UpdateJobRequest } from "#proto/gen/provisionerd_pb.js";
import type { AuditEntry } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { JobType, Row, Transition } from "../database/tables.ts";
import type { FileId, JobId, OrganizationId, TemplateId, WorkspaceId } from "../ids.ts";

/** What a message says of a job, by its case: how the wire names a kind of job. */
type ByCase<T extends { readonly case: string | undefined; readonly value?: unknown }> = {
  readonly [M in Extract<T, { readonly case: string }> as M["case"]]: M["value"];
};

type CompletedByCase = ByCase<CompletedJob["type"]>;
type FailedByCase = ByCase<FailedJob["type"]>;

export type JobCase = keyof CompletedByCase & keyof FailedByCase;
/** What a daemon sends of a job that is done. */
export type Completed<C extends JobCase> = CompletedByCase[C];
/** What a daemon sends of a job that failed, beside the reason. */
export type Failed<C extends JobCase> = FailedByCase[C];
/** What a daemon gets of a job that only the job's kind knows. */
export type Assignment = NonNullable<MessageInitShape<typeof AcquiredJobSchema>["type"]>;

/**
 * How a job ends that a daemon has, or should have had.
 *
 * - `completed`: the daemon did it. The kind checks what it left, then stores it.
 * - `refused`: the daemon did it, but what it left breaks a rule. None of it may be stored, except what is true all the same.
 * - `failed`: the daemon says that it failed.
 * - `given_up`: the server ends it by itself: its lease has ended, or it could not be prepared.
 */
export type JobEnd<C extends JobCase = JobCase> =
  | { readonly how: "completed"; readonly outcome: Completed<C>; readonly apiVersion: string }
  | { readonly how: "refused"; readonly error: string; readonly outcome: Completed<C> | undefined }
  | { readonly how: "failed"; readonly error: string; readonly errorCode: string; readonly failure: Failed<C> | undefined }
  | { readonly how: "given_up"; readonly error: string };

/** A template's variable with the value that an import goes on with. */
export interface ResolvedVariable {
  readonly name: string;
  readonly value: string;
  readonly sensitive: boolean;
  /** Required, and without a value: the import fails. */
  readonly isMissing: boolean;
}

/** What a job is for, as far as that exists: what reading it is checked as, and its names for people. */
export interface JobAbout {
  readonly object: AuthzObject;
  /** The action on the object that whoever cancels the job needs: whoever may begin it may end it. */
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

type JobRow = Row<"provisioner_jobs">;

/**
 * All that is special about one kind of job. Whatever takes a `tx` runs in the transaction of the change that it belongs to, with the job's
 * row locked: it writes all of its part or throws. What a kind has no use for, it leaves out.
 *
 * Declared as methods, so that a kind of one case may stand in a list of all: the queue hands a kind only messages of its own case.
 */
export interface JobKind<C extends JobCase = JobCase> {
  readonly type: JobType;
  readonly case: C;
  /** The types of the objects that its jobs are checked as. */
  readonly checkedAs: readonly ResourceType[];

  /** What the daemon gets beside what every job has. Makes the job's own secrets: asked once each time a job is handed out. */
  prepare(core: Database, tx: Tx, job: JobRow, server: { readonly accessUrl: string }): Promise<Assignment>;

  /** Stores what the daemon learned on the way. @returns the variables that it now knows */
  progress?(core: Database, tx: Tx, job: JobRow, request: UpdateJobRequest): Promise<readonly ResolvedVariable[]>;

  /**
   * Stores what the job left, ends its secrets, and tells whoever watches what it is for. The job's row says already that it is over.
   *
   * @throws InvalidCompletionError when a completed job left what breaks a rule: then the transaction is undone, and the job ends as `refused`
   */
  end(core: Database, tx: Tx, job: JobRow, end: JobEnd<C>): Promise<void>;

  /** Keeps what is true all the same of a report that came after its job was over and had not succeeded. */
  keepLate?(core: Database, tx: Tx, job: JobRow, late: Completed<C> | Failed<C>): Promise<void>;

  /** The job was canceled, and may be over by that: tells whoever watches what it is for. */
  changed?(tx: Tx, id: JobId): Promise<void>;

  /** The audit log's entry of a cancel, about what the job is for. Undefined: nothing is left that it could be about. */
  cancelEntry?(db: Database["db"], id: JobId): Promise<AuditEntry | undefined>;

  /** In one query, what each of these jobs is for. Jobs of other kinds, and those for nothing that exists, are left out. */
  describe(db: Database["db"], ids: readonly JobId[]): Promise<ReadonlyMap<JobId, JobAbout>>;

  /** An archive of modules that jobs of this kind left, for daemons of this organization: theirs to fetch, and no other. */
  findArchive?(
    db: Database["db"],
    archive: { readonly id: FileId; readonly organizationId: OrganizationId },
  ): Promise<Uint8Array | undefined>;
}

export type JobKinds = readonly JobKind[];

/** @throws Error when nobody handed the kind in: whoever asks about a job must bring its kind */
export function kindOf(kinds: JobKinds, type: JobType): JobKind {
  const kind = kinds.find((one) => one.type === type);
  if (kind === undefined) throw new Error(`no kind was handed in for jobs of type ${type}`);
  return kind;
}
