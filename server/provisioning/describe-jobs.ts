import type { AuthzObject } from "#authz/object.ts";
import { matches } from "#authz/predicate.ts";
import type { ResourceType } from "#authz/resource-types.ts";
import type { Context } from "../access/context.ts";
import type { Database } from "../database/database.ts";
import { NotFoundError } from "../errors.ts";
import type { JobId } from "../ids.ts";
import { type JobAbout, type JobKinds, kindOf } from "./job-kind.ts";
import { findJobRow, findJobTypes, type Job, type JobRow } from "./job-rows.ts";
import { aboutNothing } from "./job-rules.ts";

type Db = Database["db"];

/** The number of jobs per query: databases limit the number of values in a statement. */
const CHUNK = 10_000;

/** Finds out what these jobs are for, with one query for each of their kinds. */
export async function describeJobs(
  db: Db,
  kinds: JobKinds,
  jobs: readonly Pick<JobRow, "id" | "type" | "organization_id">[],
): Promise<Map<JobId, JobAbout>> {
  const found = new Map<JobId, JobAbout>();
  for (const [type, ofType] of Map.groupBy(jobs, (job) => job.type))
    for (let at = 0; at < ofType.length; at += CHUNK) {
      const ids = ofType.slice(at, at + CHUNK).map(({ id }) => id);
      for (const [id, about] of await kindOf(kinds, type).describe(db, ids)) found.set(id, about);
    }
  for (const { id, organization_id } of jobs) if (!found.has(id)) found.set(id, aboutNothing(organization_id));
  return found;
}

/**
 * Does the same for jobs of which only the IDs are known. It needs one query for each of `kinds`, and one more if they do not cover all the
 * jobs. A job that does not exist has no entry.
 *
 * @throws Error for a job whose kind is missing in `kinds`
 */
export async function describeJobsById(db: Db, kinds: JobKinds, ids: readonly JobId[]): Promise<Map<JobId, JobAbout>> {
  const found = new Map<JobId, JobAbout>();
  let rest = ids;
  for (const kind of kinds) {
    if (rest.length === 0) break;
    for (const [id, about] of await kind.describe(db, rest)) found.set(id, about);
    rest = rest.filter((id) => !found.has(id));
  }
  if (rest.length === 0) return found;
  for (const { id, type, organization_id } of await findJobTypes(db, rest)) {
    // Otherwise a job whose kind is missing would count as a job for nothing, and its permission check would be too weak.
    kindOf(kinds, type);
    found.set(id, aboutNothing(organization_id));
  }
  return found;
}

/** Finds out what one job is for. */
export async function describeOneJob(db: Db, kinds: JobKinds, job: Pick<JobRow, "id" | "type" | "organization_id">): Promise<JobAbout> {
  return (await describeJobs(db, kinds, [job])).get(job.id) ?? aboutNothing(job.organization_id);
}

/** @throws NotFoundError unless the job exists and the caller may read it */
export async function readableJob({ db, guard }: Context, kinds: JobKinds, id: JobId): Promise<Job> {
  const row = await findJobRow(db, id);
  if (row === undefined) throw new NotFoundError("job");
  const { object, names } = await describeOneJob(db, kinds, row);
  guard.read(object, "job");
  return { ...row, ...names };
}

/**
 * Selects the jobs that the caller may read, with what each is for. The jobs are given, so the decision is made here for the object of each job, and not in SQL;
 * it is the same decision as a list's filter makes.
 */
export async function findReadableJobs({ db, guard }: Context, kinds: JobKinds, ids: readonly JobId[]): Promise<Map<JobId, AuthzObject>> {
  // The filters are needed even without any job, because a query must make at least one decision before it answers.
  const types = new Set<ResourceType>([...kinds.flatMap(({ checkedAs }) => checkedAs), "provisioner_jobs"]);
  const filters = new Map([...types].map((type) => [type, guard.filter("read", type)]));
  const readable = new Map<JobId, AuthzObject>();
  const used = new Set<ResourceType>();
  for (const [id, { object }] of await describeJobsById(db, kinds, ids)) {
    const filter = filters.get(object.type);
    if (filter === undefined) throw new Error(`a job is checked as ${object.type}, which is missing in its kind's \`checkedAs\``);
    if (!matches(filter, object)) continue;
    readable.set(id, object);
    used.add(object.type);
  }
  for (const type of used) guard.used("read", type);
  return readable;
}
