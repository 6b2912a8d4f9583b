import { create, toBinary } from "@bufbuild/protobuf";
import { type AcquiredJob, AcquiredJobSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { type JobKinds, kindOf } from "./job-kind.ts";
import { findJobSource } from "./job-rows.ts";
import { KeyDeletedError } from "./key-errors.ts";
import { holdKeyOfDaemon } from "./provisioner-key-rows.ts";

/** The maximum size of one message in either direction. A job carries an archive and a small state, and its completion a small state. */
export const MESSAGE_LIMIT_BYTES = 64 * 1024 * 1024;

export interface AcquiredJobOptions {
  readonly leaseMs: number;
  /** The URL at which agents and users reach this server. */
  readonly accessUrl: string;
  /** The daemon can download a state that is too large for the message. */
  readonly canDownloadState: boolean;
}

/**
 * Builds the message with everything that a daemon needs for a job. It creates the job's own secrets, so call it exactly once each time
 * a job is handed out.
 *
 * @throws StatusError RESOURCE_EXHAUSTED when the job does not fit into one message; KeyDeletedError
 */
export async function toAcquiredJob(
  core: Database,
  kinds: JobKinds,
  job: Row<"provisioner_jobs">,
  { leaseMs, accessUrl, canDownloadState }: AcquiredJobOptions,
): Promise<AcquiredJob> {
  const message = create(
    AcquiredJobSchema,
    await core.write(async (tx) => {
      // The job's secrets must not be created for a daemon whose key was deleted since it was given the job.
      if (job.worker_id === null || !(await holdKeyOfDaemon(core.dialect, tx.db, job.worker_id))) throw new KeyDeletedError();
      const { archive, username } = await findJobSource(tx.db, job);
      return {
        jobId: job.id,
        createdAt: BigInt(job.created_at.getTime()),
        provisioner: job.provisioner,
        userName: username,
        templateSourceArchive: archive,
        traceMetadata: { ...job.trace_metadata },
        leaseMs: BigInt(leaseMs),
        type: await kindOf(kinds, job.type).prepare(core, tx, job, { accessUrl, canDownloadState }),
      };
    }),
  );
  const sizeBytes = toBinary(AcquiredJobSchema, message).length;
  if (sizeBytes > MESSAGE_LIMIT_BYTES)
    throw new StatusError(
      "RESOURCE_EXHAUSTED",
      `the job is too large: with its template and state it takes ${sizeBytes} bytes, and the limit is ${MESSAGE_LIMIT_BYTES} bytes` +
        (canDownloadState ? "" : "; a newer daemon downloads a large state by itself"),
    );
  return message;
}
