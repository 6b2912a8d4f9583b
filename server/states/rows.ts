/** Rows of states and of their pieces, without a decision. */
import type { Expression, ExpressionBuilder, Kysely, SqlBool } from "kysely";
import type { Dialect } from "../database/migrations/column-types.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import type { JobId, StateId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";

type Db = Kysely<Tables>;
export type StateRow = Row<"terraform_states">;

export async function insertStateRow(db: Db, row: NewRow<"terraform_states">): Promise<void> {
  await db.insertInto("terraform_states").values(row).execute();
}

export async function updateStateRow(db: Db, id: StateId, set: RowPatch<"terraform_states">): Promise<void> {
  await db.updateTable("terraform_states").set(set).where("id", "=", id).execute();
}

/** Changes a state that is being sent. @returns false if it has been dropped in the meantime */
export async function updateArrivingRow(db: Db, id: StateId, set: RowPatch<"terraform_states">): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("terraform_states")
    .set(set)
    .where("id", "=", id)
    .where("status", "=", "arriving")
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Drops what a job has sent but not named. */
export async function dropArrivedRows(db: Db, jobId: JobId, at: Date): Promise<void> {
  await db
    .updateTable("terraform_states")
    .set({ status: "dropped", updated_at: at })
    .where("job_id", "=", jobId)
    .where("status", "=", "arrived")
    .execute();
}

export function findStateRow(db: Db, id: StateId): Promise<StateRow | undefined> {
  return db.selectFrom("terraform_states").selectAll().where("id", "=", id).executeTakeFirst();
}

export function lockStateRow(db: Db, dialect: Dialect, id: StateId): Promise<StateRow | undefined> {
  return db
    .selectFrom("terraform_states")
    .selectAll()
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate())
    .executeTakeFirst();
}

/** @param uses how many builds have it */
export async function findStateWithUses(db: Db, id: StateId): Promise<(StateRow & { readonly uses: number }) | undefined> {
  const row = await db
    .selectFrom("terraform_states as state")
    .selectAll("state")
    .select((eb) =>
      eb
        .selectFrom("workspace_builds as build")
        .select((e) => e.fn.countAll<number>().as("count"))
        .whereRef("build.state_id", "=", "state.id")
        .as("uses"),
    )
    .where("state.id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, uses: Number(row.uses) };
}

/** Finds the newest of the states that came too late to become this build's own. */
export function findLateState(db: Db, build: WorkspaceBuildId): Promise<StateRow | undefined> {
  return db
    .selectFrom("terraform_states")
    .selectAll()
    .where("late_build_id", "=", build)
    .orderBy("created_at", "desc")
    .orderBy("serial", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Whether these bytes are kept beside the build's own state. */
export async function hasLateState(db: Db, build: WorkspaceBuildId, sha256: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom("terraform_states")
    .select("id")
    .where("late_build_id", "=", build)
    .where("sha256", "=", sha256)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether another workspace that is not deleted has a state of this lineage, of whichever build. */
export async function isLineageOfAnother(
  db: Db,
  { lineage, workspaceId }: { readonly lineage: string; readonly workspaceId: WorkspaceId },
): Promise<boolean> {
  // No index: nobody else asks for lineages, and pushing where nothing is stored is rare.
  const other = await db
    .selectFrom("terraform_states as state")
    .innerJoin("workspaces as workspace", "workspace.id", "state.workspace_id")
    .select("state.id")
    .where("state.lineage", "=", lineage)
    .where("state.status", "=", "named")
    .where("state.workspace_id", "!=", workspaceId)
    .where("workspace.deleted", "=", false)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}

/** Puts a piece in its place, where another one may be. */
export async function putPieceRow(db: Db, piece: NewRow<"terraform_state_pieces">): Promise<void> {
  await db
    .insertInto("terraform_state_pieces")
    .values(piece)
    .onConflict((conflict) => conflict.columns(["state_id", "piece_index"]).doUpdateSet({ data: piece.data }))
    .execute();
}

/** Returns undefined if the state was deleted in the meantime. */
export async function findPieceData(db: Db, id: StateId, index: number): Promise<Uint8Array | undefined> {
  const piece = await db
    .selectFrom("terraform_state_pieces")
    .select("data")
    .where("state_id", "=", id)
    .where("piece_index", "=", index)
    .executeTakeFirst();
  return piece?.data;
}

/** Reads a state and its first piece as they are at one moment: a small state may be replaced in its place. */
export function findStateWithFirstPiece(db: Db, id: StateId): Promise<(StateRow & { readonly data: Uint8Array | null }) | undefined> {
  return db
    .selectFrom("terraform_states as state")
    .leftJoin("terraform_state_pieces as piece", (join) => join.onRef("piece.state_id", "=", "state.id").on("piece.piece_index", "=", 0))
    .selectAll("state")
    .select("piece.data")
    .where("state.id", "=", id)
    .executeTakeFirst();
}

/** Makes a state that has arrived one that something refers to. @returns undefined if this job, or a person, has sent no such state */
export function nameStateRow(db: Db, id: StateId, jobId: JobId | null): Promise<StateRow | undefined> {
  return db
    .updateTable("terraform_states")
    .set({ status: "named" })
    .where("id", "=", id)
    .where("status", "in", ["arrived", "named"])
    .where("job_id", jobId === null ? "is" : "=", jobId)
    .returningAll()
    .executeTakeFirst();
}

export async function isNamedByBuild(db: Db, id: StateId): Promise<boolean> {
  const build = await db.selectFrom("workspace_builds").select("id").where("state_id", "=", id).limit(1).executeTakeFirst();
  return build !== undefined;
}

/** With its pieces. */
export async function deleteStateRow(db: Db, id: StateId): Promise<void> {
  await db.deleteFrom("terraform_states").where("id", "=", id).execute();
}

/** Holds of states that are dropped, or that were sent but not named since `before`. */
function isLeftover(before: Date): (eb: ExpressionBuilder<Tables, "terraform_states">) => Expression<SqlBool> {
  return (eb) => eb.and([eb("status", "<>", "named"), eb.or([eb("status", "=", "dropped"), eb("updated_at", "<", before)])]);
}

export async function findLeftoverState(db: Db, before: Date): Promise<StateId | undefined> {
  const row = await db.selectFrom("terraform_states").select("id").where(isLeftover(before)).limit(1).executeTakeFirst();
  return row?.id;
}

/** From now on nothing can name it. @returns false if it was named in the meantime */
export async function dropLeftoverState(db: Db, id: StateId, before: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("terraform_states")
    .set({ status: "dropped" })
    .where("id", "=", id)
    .where(isLeftover(before))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Deletes some of the pieces of a state. @returns how many */
export async function deletePieceRows(db: Db, id: StateId, limit: number): Promise<number> {
  const some = db.selectFrom("terraform_state_pieces").select("piece_index").where("state_id", "=", id).limit(limit);
  const { numDeletedRows } = await db
    .deleteFrom("terraform_state_pieces")
    .where("state_id", "=", id)
    .where("piece_index", "in", some)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
