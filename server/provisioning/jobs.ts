import type { Kysely } from "kysely";
import { provisionerJobObject } from "#authz/object.ts";
import type { Action } from "#authz/resource-types.ts";
import type { Context } from "../access/context.ts";
import { type AuditEntry, audit } from "../audit/audit.ts";
import type { Database, Tx } from "../database/database.ts";
import type { StoreEvent } from "../database/events.ts";
import { type FollowOptions, follow } from "../database/follow.ts";
import type { Row, Tables } from "../database/tables.ts";
import { JobNotCancellableError, NotFoundError } from "../errors.ts";
import type { JobId, OrganizationId } from "../ids.ts";
import { buildEntry } from "../workspaces/build-entries.ts";
import { buildOfJob, describeJob, type FoundJob, findJob, findJobsOf, type Job, lockJob, publishJobChange } from "./job-rows.ts";

export type JobLog = Row<"provisioner_job_logs">;

/** Reading is checked on the job's workspace or template. */
export interface Jobs {
  get(id: JobId): Promise<Job>;
  /** Newest first. Needs the right to read the organization's jobs. */
  list(filter: { readonly organizationId: OrganizationId; readonly limit?: number }): Promise<readonly Job[]>;
  /** Ids above `after`, in order. Default: all. */
  logs(id: JobId, after?: number): Promise<readonly JobLog[]>;
  /** Stored and then new lines one by one, until the job is over and drained, or the signal. */
  followLogs(id: JobId, options: FollowOptions & { readonly after?: number }): AsyncIterable<JobLog>;
  /** When the job is over: succeeded, failed or canceled. */
  waitUntilOver(id: JobId, signal: AbortSignal): Promise<Job>;
  /**
   * A pending job is over at once; a running one when its daemon has stopped. Needs `update` on the template, and for a build the right
   * to start, stop or delete the workspace as the build does.
   *
   * @param expectStatus the cancel counts only if the job still has it
   * @throws JobNotCancellableError
   */
  cancel(id: JobId, expectStatus?: "pending" | "running"): Promise<void>;
}

export function createJobs(context: Context): Jobs {
  const { db, guard, events, write } = context;
  const readable = async (id: JobId): Promise<FoundJob> => {
    const found = await findJob(db, id);
    if (found === undefined) throw new NotFoundError("job");
    guard.read(found.object, "job");
    return found;
  };
  const concerns = (id: JobId) => (event: StoreEvent) => event.kind === "job_changed" && event.jobId === id;

  return {
    get: async (id) => (await readable(id)).job,
    list: async ({ organizationId, limit = 50 }) => {
      guard.requireOpenly("read", provisionerJobObject({ organizationId }));
      return (await findJobsOf(db, organizationId, limit)).map(({ job }) => job);
    },
    logs: async (id, after = 0) => {
      await readable(id);
      return findLogs(db, id, after);
    },
    async *followLogs(id, { after = 0, ...options }) {
      await readable(id);
      let last = after;
      const batches = follow({ events, concerns: concerns(id), ...options }, async () => {
        // Asked before the logs: the last line is written before the job is over.
        const isOver = await isJobOver(db, id);
        return { found: await findLogs(db, id, last), isOver };
      });
      for await (const batch of batches)
        for (const log of batch) {
          last = log.id;
          yield log;
        }
    },
    waitUntilOver: async (id, signal) => {
      await readable(id);
      const looks = follow({ events, concerns: concerns(id), signal }, async () => ({ found: [], isOver: await isJobOver(db, id) }));
      for await (const _ of looks);
      signal.throwIfAborted();
      return (await readable(id)).job;
    },
    cancel: (id, expectStatus) =>
      write(async (tx) => {
        const row = await lockJob(context, tx, id);
        const found = await findJob(tx.db, id);
        if (row === undefined || found === undefined) throw new NotFoundError("job");
        guard.require(cancelAction(found.job), found.object, "job");
        await cancelJob(context, tx, row, expectStatus);
        const entry = await cancelEntry(tx, id);
        if (entry !== undefined) await audit(context, tx, entry);
      }),
  };
}

/** Whoever may begin it may end it. */
function cancelAction({ workspace_build_transition }: Job): Action<"workspace" | "template"> {
  return workspace_build_transition ?? "update";
}

async function cancelJob(
  core: Database,
  tx: Tx,
  row: Row<"provisioner_jobs">,
  expectStatus: "pending" | "running" | undefined,
): Promise<void> {
  const { id } = row;
  if (row.completed_at !== null) throw new JobNotCancellableError(`the job is over: ${describeJob(row)}`);
  if (row.canceled_at !== null) throw new JobNotCancellableError("the job is already being canceled");
  if (expectStatus !== undefined && row.job_status !== expectStatus)
    throw new JobNotCancellableError(`the job is ${row.job_status}, not ${expectStatus}`);
  const at = core.now();
  // Nobody works on a pending job, so nobody else would end it.
  const ended = row.started_at === null ? { completed_at: at, secret_input: null } : {};
  await tx.db
    .updateTable("provisioner_jobs")
    .set({ canceled_at: at, updated_at: at, ...ended })
    .where("id", "=", id)
    .execute();
  publishJobChange(tx, id, (await buildOfJob(tx.db, id))?.workspace_id);
}

/** About what the job was for. It changes none of its columns: what happened is in the additional fields. */
async function cancelEntry({ db }: Tx, id: JobId): Promise<AuditEntry | undefined> {
  const additional = { job_id: id, job_canceled: true };
  const build = await buildOfJob(db, id);
  if (build !== undefined) {
    const entry = await buildEntry({ db }, build);
    return { ...entry, action: "write", additional: { ...entry.additional, ...additional } };
  }
  const version = await db.selectFrom("template_versions").selectAll().where("job_id", "=", id).executeTakeFirst();
  if (version === undefined) return undefined;
  const { id: resourceId, name: target, organization_id: organizationId } = version;
  return { action: "write", resourceType: "template_version", resourceId, target, organizationId, additional };
}

async function isJobOver(db: Kysely<Tables>, id: JobId): Promise<boolean> {
  const row = await db.selectFrom("provisioner_jobs").select("completed_at").where("id", "=", id).executeTakeFirst();
  return row === undefined || row.completed_at !== null;
}

function findLogs(db: Kysely<Tables>, id: JobId, after: number): Promise<JobLog[]> {
  return db.selectFrom("provisioner_job_logs").selectAll().where("job_id", "=", id).where("id", ">", after).orderBy("id").execute();
}
