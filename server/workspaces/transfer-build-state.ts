import { createHash } from "node:crypto";
import { StatusError } from "#proto/status.ts";
import type { Database } from "../database/database.ts";
import type { Row } from "../database/tables.ts";
import type { JobState, JobStateUpload } from "../provisioning/job-kind.ts";
import { openState } from "../states/read-state.ts";
import { openStateUpload } from "../states/upload-state.ts";
import { findBuildOfJob } from "./build-job-rows.ts";

type Job = Pick<Row<"provisioner_jobs">, "id">;

/** Begins to take a state for the job's build. */
export async function receiveBuildState(core: Database, job: Job): Promise<JobStateUpload> {
  const build = await findBuildOfJob(core.db, job.id);
  if (build === undefined) throw new StatusError("NOT_FOUND", `job ${job.id} has no workspace build`);
  return openStateUpload(core, { workspaceId: build.workspace_id, jobId: job.id });
}

/** Opens the state with which the job's build starts. */
export async function openBuildState(core: Database, job: Job): Promise<JobState | undefined> {
  const build = await findBuildOfJob(core.db, job.id);
  if (build === undefined || build.state_id === null) return undefined;
  const { sha256, sizeBytes, pieces } = await openState(core, core.db, build.state_id);
  return { sizeBytes, sha256: sha256 ?? (await hashOf(pieces())), pieces };
}

/** For states of servers that kept no hash, or one of bytes that are not read any more. */
async function hashOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const hash = createHash("sha256");
  for await (const piece of pieces) hash.update(piece);
  return hash.digest();
}
