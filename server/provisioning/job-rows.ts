/** Rows of the queue, without decisions: what the views and the queue itself share. */
import type { ExpressionBuilder, Kysely } from "kysely";
import { type AuthzObject, provisionerJobObject, templateObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf, workspaceObjectOf } from "../access/objects.ts";
import { noteJobs, readableJobs } from "../access/permitted-rows.ts";
import type { Database, Tx } from "../database/database.ts";
import type { JobInput, JobType, ProvisionerType, SecretJobInput } from "../database/tables/provisioning.ts";
import type { Transition } from "../database/tables/workspaces.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { FileId, JobId, OrganizationId, TemplateId, UserId, WorkspaceId } from "../ids.ts";
import type { Tags } from "./tags.ts";

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

export interface NewJob {
  readonly id: JobId;
  readonly organizationId: OrganizationId;
  readonly initiatorId: UserId;
  readonly type: JobType;
  readonly provisioner: ProvisionerType;
  readonly fileId: FileId;
  readonly input: JobInput;
  readonly secretInput?: SecretJobInput;
  /** Normalized. */
  readonly tags: Tags;
}

/** Puts a job into the queue, in the transaction of what it is for. Waiting daemons hear of it when that is committed. */
export async function insertJob({ encryption, now }: Database, tx: Tx, job: NewJob): Promise<void> {
  const at = now();
  const secret =
    job.secretInput === undefined ? null : encryption.seal(secretInputPurpose(job.id), Buffer.from(JSON.stringify(job.secretInput)));
  await tx.db
    .insertInto("provisioner_jobs")
    .values({
      id: job.id,
      organization_id: job.organizationId,
      initiator_id: job.initiatorId,
      type: job.type,
      provisioner: job.provisioner,
      file_id: job.fileId,
      input: job.input,
      secret_input: secret,
      tags: job.tags,
      trace_metadata: {},
      created_at: at,
      updated_at: at,
    })
    .execute();
  tx.publish({ kind: "job_posted", organizationId: job.organizationId, provisioner: job.provisioner, tags: job.tags });
}

export function secretInputPurpose(id: JobId): string {
  return `provisioner_jobs.secret_input:${id}`;
}

/** A job and what it is checked as: its workspace or its template. */
export interface FoundJob {
  readonly job: Job;
  readonly object: AuthzObject;
}

const JOB_COLUMNS = [
  "job.id",
  "job.organization_id",
  "job.initiator_id",
  "job.type",
  "job.provisioner",
  "job.storage_method",
  "job.file_id",
  "job.input",
  "job.tags",
  "job.trace_metadata",
  "job.worker_id",
  "job.lease_expires_at",
  "job.error",
  "job.error_code",
  "job.logs_length",
  "job.logs_overflowed",
  "job.job_status",
  "job.started_at",
  "job.canceled_at",
  "job.completed_at",
  "job.created_at",
  "job.updated_at",
] as const satisfies `job.${keyof Row<"provisioner_jobs">}`[];

/** Jobs beside what they are for, so far as it exists: that decides who may see them. */
function joinJobs(db: Kysely<Tables>) {
  return db
    .selectFrom("provisioner_jobs as job")
    .leftJoin("workspace_builds as build", "build.job_id", "job.id")
    .leftJoin("workspaces as workspace", "workspace.id", "build.workspace_id")
    .leftJoin("template_versions as version", (join) =>
      join.on((eb) => eb.or([eb("version.job_id", "=", eb.ref("job.id")), eb("version.id", "=", eb.ref("build.template_version_id"))])),
    )
    .leftJoin("templates as template", (join) =>
      join.on((eb) => eb("template.id", "=", eb.fn.coalesce("workspace.template_id", "version.template_id"))),
    );
}

/** Jobs with their names for people, in no order. */
function selectJobs(db: Kysely<Tables>) {
  const pending = (eb: ExpressionBuilder<Tables & { job: Tables["provisioner_jobs"] }, "job">) =>
    eb
      .selectFrom("provisioner_jobs as other")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("other.started_at", "is", null)
      .where("other.completed_at", "is", null)
      .whereRef("other.organization_id", "=", "job.organization_id");
  return joinJobs(db)
    .leftJoin("provisioner_daemons as daemon", "daemon.id", "job.worker_id")
    .select(JOB_COLUMNS)
    .select([
      "daemon.name as worker_name",
      "version.id as version_id",
      "version.name as template_version_name",
      "template.id as template_id",
      "template.name as template_name",
      "template.display_name as template_display_name",
      "template.icon as template_icon",
      "template.user_acl as template_user_acl",
      "template.group_acl as template_group_acl",
      "workspace.id as workspace_id",
      "workspace.name as workspace_name",
      "workspace.owner_id as workspace_owner_id",
      "workspace.organization_id as workspace_organization_id",
      "workspace.dormant_at as workspace_dormant_at",
      "workspace.user_acl as workspace_user_acl",
      "workspace.group_acl as workspace_group_acl",
      "build.transition as workspace_build_transition",
    ])
    .select((eb) => [
      pending(eb).as("queue_size"),
      pending(eb)
        .where((e) =>
          e.or([
            e("other.created_at", "<", e.ref("job.created_at")),
            e.and([e("other.created_at", "=", e.ref("job.created_at")), e("other.id", "<=", e.ref("job.id"))]),
          ]),
        )
        .as("queue_place"),
    ]);
}

type SelectedJob = Awaited<ReturnType<ReturnType<typeof selectJobs>["execute"]>>[number];

function toFoundJob(row: SelectedJob): FoundJob {
  const {
    version_id,
    template_user_acl,
    template_group_acl,
    workspace_owner_id,
    workspace_organization_id,
    workspace_dormant_at,
    workspace_user_acl,
    workspace_group_acl,
    queue_place,
    queue_size,
    ...job
  } = row;
  const queued = { queue_position: job.job_status === "pending" ? Number(queue_place) : 0, queue_size: Number(queue_size) };
  return { job: { ...job, ...queued }, object: objectOf(row) };
}

function objectOf(row: SelectedJob): AuthzObject {
  if (row.workspace_id !== null && row.workspace_owner_id !== null && row.workspace_organization_id !== null)
    return workspaceObjectOf({
      id: row.workspace_id,
      owner_id: row.workspace_owner_id,
      organization_id: row.workspace_organization_id,
      dormant_at: row.workspace_dormant_at,
      user_acl: row.workspace_user_acl ?? {},
      group_acl: row.workspace_group_acl ?? {},
    });
  if (row.template_id !== null)
    return templateObjectOf({
      id: row.template_id,
      organization_id: row.organization_id,
      user_acl: row.template_user_acl ?? {},
      group_acl: row.template_group_acl ?? {},
    });
  const { organization_id: organizationId } = row;
  return row.version_id !== null ? templateObject({ organizationId }) : provisionerJobObject({ organizationId });
}

export async function findJob(db: Kysely<Tables>, id: JobId): Promise<FoundJob | undefined> {
  return (await findJobs(db, [id])).get(id);
}

export async function findJobs(db: Kysely<Tables>, ids: readonly JobId[]): Promise<Map<JobId, FoundJob>> {
  if (ids.length === 0) return new Map();
  const rows = await selectJobs(db).where("job.id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, toFoundJob(row)]));
}

/** Of these, the jobs that may be read. */
export async function findReadableJobs(context: Context, ids: readonly JobId[]): Promise<JobId[]> {
  const listed = joinJobs(context.db)
    .select(["job.id", "workspace.id as workspace_id", "workspace.dormant_at", "version.id as version_id"])
    .where(readableJobs(context));
  if (ids.length === 0) return [];
  const rows = await listed.where("job.id", "in", ids).execute();
  noteJobs(context, rows);
  return rows.map(({ id }) => id);
}

/** Newest first. */
export async function findJobsOf(db: Kysely<Tables>, organizationId: OrganizationId, limit: number): Promise<FoundJob[]> {
  const rows = await selectJobs(db)
    .where("job.organization_id", "=", organizationId)
    .orderBy("job.created_at", "desc")
    .limit(limit)
    .execute();
  return rows.map(toFoundJob);
}

/** The job's row, locked until the transaction ends: whoever completes, fails, renews or cancels it does so one after the other. */
export async function lockJob({ dialect }: Database, tx: Tx, id: JobId): Promise<Row<"provisioner_jobs"> | undefined> {
  return tx.db
    .selectFrom("provisioner_jobs")
    .selectAll()
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
}

/** How a job ended or stands, in words for an error. */
export function describeJob(row: Pick<Row<"provisioner_jobs">, "job_status" | "error">): string {
  return row.error ? `it failed: ${row.error}` : `it is ${row.job_status}`;
}

export function publishJobChange(tx: Tx, jobId: JobId, workspaceId: Row<"workspaces">["id"] | undefined): void {
  tx.publish({ kind: "job_changed", jobId });
  if (workspaceId !== undefined) tx.publish({ kind: "workspace_changed", workspaceId });
}

/** The build that a job is for, if it is for one. */
export function buildOfJob(db: Kysely<Tables>, id: JobId): Promise<Row<"workspace_builds"> | undefined> {
  return db.selectFrom("workspace_builds").selectAll().where("job_id", "=", id).executeTakeFirst();
}
