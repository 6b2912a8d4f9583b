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

/** How many jobs a kind is asked about at a time: databases limit how many values a statement may hold. */
const CHUNK = 10_000;

/** What these jobs are for: one query for each of their kinds. */
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
 * The same for jobs of which only the ids are known: one query for each of `kinds`, and one more if they do not know all of them. A job that
 * does not exist has no entry.
 *
 * @throws Error for a job of a kind that was not handed in
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
    // Else a job whose kind is missing here would count as one for nothing, and be checked as less than it is.
    kindOf(kinds, type);
    found.set(id, aboutNothing(organization_id));
  }
  return found;
}

/** What one job is for. */
export async function describeOneJob(db: Db, kinds: JobKinds, job: Pick<JobRow, "id" | "type" | "organization_id">): Promise<JobAbout> {
  return (await describeJobs(db, kinds, [job])).get(job.id) ?? aboutNothing(job.organization_id);
}

/** @throws NotFoundError unless the job may be read */
export async function readableJob({ db, guard }: Context, kinds: JobKinds, id: JobId): Promise<Job> {
  const row = await findJobRow(db, id);
  if (row === undefined) throw new NotFoundError("job");
  const { object, names } = await describeOneJob(db, kinds, row);
  guard.read(object, "job");
  return { ...row, ...names };
}

/**
 * Of these, the jobs that may be read. The caller names them, so the decision is made here, on what each is for, and not in SQL; it is the
 * one that a list's filter makes.
 */
export async function findReadableJobs({ db, guard }: Context, kinds: JobKinds, ids: readonly JobId[]): Promise<JobId[]> {
  // Asked even for no job at all: a query that asked nothing gives no answer.
  const types = new Set<ResourceType>([...kinds.flatMap(({ checkedAs }) => checkedAs), "provisioner_jobs"]);
  const filters = new Map([...types].map((type) => [type, guard.filter("read", type)]));
  const readable: JobId[] = [];
  const used = new Set<ResourceType>();
  for (const [id, { object }] of await describeJobsById(db, kinds, ids)) {
    const filter = filters.get(object.type);
    if (filter === undefined) throw new Error(`a job is checked as ${object.type}, which its kind does not say`);
    if (!matches(filter, object)) continue;
    readable.push(id);
    used.add(object.type);
  }
  for (const type of used) guard.used("read", type);
  return readable;
}
