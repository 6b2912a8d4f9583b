/** Reads and writes whose turn it is to get a job. See docs/decisions/0026-people-take-turns.md. */
import { type Kysely, sql } from "kysely";
import type { Database } from "../database/database.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { DaemonId, JobId, OrganizationId, UserId } from "../ids.ts";
import { selectRunning, selectWaiting, tagsFit, type Worker } from "./queue-rows.ts";
import type { Line, TurnKey } from "./turn-rules.ts";

type Db = Kysely<Tables>;

/** A waiting job, whose turn it would be, and what decides who may take it. */
export type NextJob = Pick<Row<"provisioner_jobs">, "id" | "initiator_id" | "provisioner" | "tags">;

/** What is not asked for. */
export interface Without {
  readonly people: readonly UserId[];
  readonly jobs: readonly JobId[];
}

/** Notes that somebody waits, unless that is known. Call it after the job was inserted. */
export async function joinTurns(db: Db, { organization_id, initiator_id, yields }: TurnKey, since: Date): Promise<void> {
  await db
    .insertInto("provisioner_job_turns")
    .values({ organization_id, initiator_id, yields, waiting_since: since })
    .onConflict((conflict) =>
      conflict.columns(["organization_id", "initiator_id", "yields"]).doUpdateSet((eb) => ({
        waiting_since: eb.fn.coalesce("provisioner_job_turns.waiting_since", "excluded.waiting_since"),
      })),
    )
    .execute();
}

/**
 * Finds the job that comes next among those that the worker may take: the oldest of whoever has waited for the most turns, and one that
 * yields only if there is no other. The number of waiting jobs does not matter.
 *
 * @param without people whose turn it is not, and jobs that are being taken away
 */
export function findNextJob(dialect: Database["dialect"], db: Db, worker: Worker, without: Without): Promise<NextJob | undefined> {
  return db
    .selectFrom("provisioner_job_turns as turn")
    .innerJoin("provisioner_jobs as next", (join) =>
      join.on((on) =>
        on(
          "next.id",
          "=",
          on
            .selectFrom("provisioner_jobs as job")
            .select("job.id")
            .where("job.started_at", "is", null)
            .where("job.completed_at", "is", null)
            .whereRef("job.organization_id", "=", "turn.organization_id")
            .whereRef("job.initiator_id", "=", "turn.initiator_id")
            .whereRef("job.yields", "=", "turn.yields")
            .where("job.provisioner", "in", worker.provisioners)
            .where(tagsFit(dialect, worker.tags))
            .$if(without.jobs.length > 0, (q) => q.where("job.id", "not in", without.jobs))
            .orderBy("job.created_at")
            .orderBy("job.id")
            .limit(1),
        ),
      ),
    )
    .select(["next.id", "next.initiator_id", "next.provisioner", "next.tags"])
    .where("turn.organization_id", "=", worker.organizationId)
    .where("turn.waiting_since", "is not", null)
    .$if(without.people.length > 0, (q) => q.where("turn.initiator_id", "not in", without.people))
    .orderBy("turn.yields")
    .orderBy("turn.last_turn")
    .orderBy("turn.waiting_since")
    .orderBy("turn.initiator_id")
    .limit(1)
    .executeTakeFirst();
}

/** Finds the oldest job that the worker may take and whose turn nobody has noted: an older server of the same database does not. */
export function findUnnotedJob(
  dialect: Database["dialect"],
  db: Db,
  worker: Worker,
  without: Pick<Without, "jobs">,
): Promise<NextJob | undefined> {
  return db
    .selectFrom("provisioner_jobs as job")
    .leftJoin("provisioner_job_turns as turn", (join) =>
      join
        .onRef("turn.organization_id", "=", "job.organization_id")
        .onRef("turn.initiator_id", "=", "job.initiator_id")
        .onRef("turn.yields", "=", "job.yields"),
    )
    .select(["job.id", "job.initiator_id", "job.provisioner", "job.tags"])
    .where("job.started_at", "is", null)
    .where("job.completed_at", "is", null)
    .where("job.organization_id", "=", worker.organizationId)
    .where("job.provisioner", "in", worker.provisioners)
    .where("turn.waiting_since", "is", null)
    .where(tagsFit(dialect, worker.tags))
    .$if(without.jobs.length > 0, (q) => q.where("job.id", "not in", without.jobs))
    .orderBy("job.created_at")
    .orderBy("job.id")
    .limit(1)
    .executeTakeFirst();
}

/** Notes that somebody had a turn with this job: everybody else who waits comes before the next one. */
export async function takeTurn(db: Db, job: TurnKey & Pick<Row<"provisioner_jobs">, "created_at">): Promise<void> {
  const { organization_id, initiator_id, yields } = job;
  // Locks the row. Whoever adds a job at the same time is waited for here, so that the next statements see the job.
  await joinTurns(db, { organization_id, initiator_id, yields }, job.created_at);
  const last = await db
    .selectFrom("provisioner_job_turns")
    .select("last_turn")
    .where("organization_id", "=", organization_id)
    .orderBy("last_turn", "desc")
    .limit(1)
    .executeTakeFirst();
  const oldest = await selectWaiting(db)
    .select("created_at")
    .where("organization_id", "=", organization_id)
    .where("initiator_id", "=", initiator_id)
    .where("yields", "=", yields)
    .orderBy("created_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  await db
    .updateTable("provisioner_job_turns")
    .set({ last_turn: (last?.last_turn ?? 0) + 1, waiting_since: oldest?.created_at ?? null })
    .where("organization_id", "=", organization_id)
    .where("initiator_id", "=", initiator_id)
    .where("yields", "=", yields)
    .execute();
}

/** Makes jobs that have yielded since `before` like those that people wait for. */
export async function endYielding(db: Db, organizationId: OrganizationId, before: Date): Promise<void> {
  const rows = await selectWaiting(db)
    .select(["id", "organization_id", "initiator_id", "created_at"])
    .where("yields", "=", sql.lit(true))
    .where("organization_id", "=", organizationId)
    .where("created_at", "<", before)
    .orderBy("created_at")
    .limit(100)
    .execute();
  for (const { id, created_at, ...of } of rows) {
    await db.updateTable("provisioner_jobs").set({ yields: false }).where("id", "=", id).execute();
    await joinTurns(db, { ...of, yields: false }, created_at);
  }
}

/** The daemons that hold running jobs of this person, one entry for each job. */
export async function findWorkersOf(db: Db, organizationId: OrganizationId, initiatorId: UserId): Promise<(DaemonId | null)[]> {
  const rows = await selectRunning(db)
    .select("worker_id")
    .where("organization_id", "=", organizationId)
    .where("initiator_id", "=", initiatorId)
    .execute();
  return rows.map((row) => row.worker_id);
}

/** Returns whose jobs wait in these organizations, and how many. */
export async function findLines(db: Db, organizationIds: readonly OrganizationId[]): Promise<Line[]> {
  const rows = await db
    .selectFrom((eb) =>
      eb
        .selectFrom("provisioner_jobs as job")
        .select(["job.organization_id", "job.initiator_id", "job.yields"])
        .select((e) => [e.fn.countAll<number>().as("jobs"), e.fn.min("job.created_at").as("oldest_at")])
        .where("job.started_at", "is", null)
        .where("job.completed_at", "is", null)
        .where("job.organization_id", "in", organizationIds)
        .groupBy(["job.organization_id", "job.initiator_id", "job.yields"])
        .as("line"),
    )
    .leftJoin("provisioner_job_turns as turn", (join) =>
      join
        .onRef("turn.organization_id", "=", "line.organization_id")
        .onRef("turn.initiator_id", "=", "line.initiator_id")
        .onRef("turn.yields", "=", "line.yields"),
    )
    .selectAll("line")
    .select(["turn.last_turn", "turn.waiting_since"])
    .execute();
  return rows.map(({ jobs, oldest_at, last_turn, waiting_since, ...key }) => ({
    ...key,
    jobs: Number(jobs),
    last_turn: last_turn ?? 0,
    waiting_since: waiting_since ?? oldest_at,
  }));
}

/** Returns for each of these waiting jobs how many of the same line come before it, with itself. */
export async function findPlacesInLine(db: Db, ids: readonly JobId[]): Promise<Map<JobId, number>> {
  const rows = await db
    .selectFrom("provisioner_jobs as job")
    .select("job.id")
    .select((eb) =>
      eb
        .selectFrom("provisioner_jobs as other")
        .select((e) => e.fn.countAll<number>().as("count"))
        .where("other.started_at", "is", null)
        .where("other.completed_at", "is", null)
        .whereRef("other.organization_id", "=", "job.organization_id")
        .whereRef("other.initiator_id", "=", "job.initiator_id")
        .whereRef("other.yields", "=", "job.yields")
        .where((e) =>
          e.or([
            e("other.created_at", "<", e.ref("job.created_at")),
            e.and([e("other.created_at", "=", e.ref("job.created_at")), e("other.id", "<=", e.ref("job.id"))]),
          ]),
        )
        .as("place"),
    )
    .where("job.id", "in", ids)
    .execute();
  return new Map(rows.map(({ id, place }) => [id, Number(place)]));
}
