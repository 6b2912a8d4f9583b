import { create, toBinary } from "@bufbuild/protobuf";
import { type AcquiredJob, AcquiredJobSchema } from "#proto/gen/provisionerd_pb.js";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import { type JobKinds, kindOf } from "./job-kind.ts";
import { findJobSource } from "./job-rows.ts";

/** Of one message in either direction. A job carries an archive and a state, and its completion a state. */
export const MESSAGE_LIMIT_BYTES = 64 * 1024 * 1024;

export interface AcquiredJobOptions {
  readonly leaseMs: number;
  /** Where agents and users reach this server. */
  readonly accessUrl: string;
}

/**
 * All that a daemon needs for a job. Makes the job's own secrets, so it is asked once for each time that a job is handed out.
 *
 * @throws StatusError RESOURCE_EXHAUSTED when it does not fit into a message
 */
export async function toAcquiredJob(
  core: Database,
  kinds: JobKinds,
  job: Row<"provisioner_jobs">,
  { leaseMs, accessUrl }: AcquiredJobOptions,
): Promise<AcquiredJob> {
  const message = create(
    AcquiredJobSchema,
    await core.write(async (tx) => {
      const { archive, username } = await findJobSource(tx.db, job);
      return {
        jobId: job.id,
        createdAt: BigInt(job.created_at.getTime()),
        provisioner: job.provisioner,
        userName: username,
        templateSourceArchive: archive,
        traceMetadata: { ...job.trace_metadata },
        leaseMs: BigInt(leaseMs),
        type: await kindOf(kinds, job.type).prepare(core, tx, job, { accessUrl }),
      };
    }),
  );
  const sizeBytes = toBinary(AcquiredJobSchema, message).length;
  if (sizeBytes > MESSAGE_LIMIT_BYTES)
    throw new StatusError(
      "RESOURCE_EXHAUSTED",
      `the job is too big: template and state have ${sizeBytes} of at most ${MESSAGE_LIMIT_BYTES} bytes`,
    );
  return message;
}
