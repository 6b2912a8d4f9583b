import type { Database, Tx } from "../database/database.ts";
import type { JobInput, JobType, ProvisionerType, SecretJobInput } from "../database/tables/provisioning.ts";
import type { Row } from "../database/tables.ts";
import type { FileId, JobId, OrganizationId, UserId } from "../ids.ts";
import { insertJobRow } from "./queue-rows.ts";
import type { Tags } from "./tags.ts";
import { joinTurns } from "./turn-rows.ts";

export interface NewJob {
  readonly id: JobId;
  readonly organizationId: OrganizationId;
  readonly initiatorId: UserId;
  readonly type: JobType;
  readonly provisioner: ProvisionerType;
  readonly fileId: FileId;
  readonly input: JobInput;
  readonly secretInput?: SecretJobInput;
  /** Normalized with `normalizeTags`. */
  readonly tags: Tags;
  /** Whether it comes after all jobs that people wait for. Default: false. */
  readonly yields?: boolean;
}

/** Puts a job into the queue, in the transaction that creates what the job is for. Waiting daemons are told after the commit. */
export async function insertJob({ encryption, now }: Database, tx: Tx, job: NewJob): Promise<void> {
  const at = now();
  const secret =
    job.secretInput === undefined ? null : encryption.seal(secretInputPurpose(job.id), Buffer.from(JSON.stringify(job.secretInput)));
  await insertJobRow(tx.db, {
    id: job.id,
    organization_id: job.organizationId,
    initiator_id: job.initiatorId,
    type: job.type,
    provisioner: job.provisioner,
    file_id: job.fileId,
    input: job.input,
    secret_input: secret,
    tags: job.tags,
    yields: job.yields ?? false,
    trace_metadata: {},
    created_at: at,
    updated_at: at,
  });
  await joinTurns(tx.db, { organization_id: job.organizationId, initiator_id: job.initiatorId, yields: job.yields ?? false }, at);
  tx.publish({ kind: "job_posted", organizationId: job.organizationId, provisioner: job.provisioner, tags: job.tags });
}

/** Opens what {@link insertJob} sealed, for the job's daemon. */
export function openSecretInput({ encryption }: Database, job: Pick<Row<"provisioner_jobs">, "id" | "secret_input">): SecretJobInput {
  if (job.secret_input === null) return { user_variable_values: [] };
  // The server sealed this text itself, so nobody else can have written it.
  return JSON.parse(encryption.open(secretInputPurpose(job.id), job.secret_input).toString("utf8")) as SecretJobInput;
}

function secretInputPurpose(id: JobId): string {
  return `provisioner_jobs.secret_input:${id}`;
}
