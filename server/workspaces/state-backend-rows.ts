/** Reads and writes the rows that say in which backends workspaces keep their state. */
import type { Kysely } from "kysely";
import type { NewRow, Row, Tables } from "../database/tables.ts";
import type { WorkspaceId } from "../ids.ts";

type Db = Kysely<Tables>;

export function findBackendRow(db: Db, id: WorkspaceId): Promise<Row<"workspace_state_backends"> | undefined> {
  return db.selectFrom("workspace_state_backends").selectAll().where("workspace_id", "=", id).executeTakeFirst();
}

/** Whether another workspace has this backend. */
export async function isBackendTaken(
  db: Db,
  { identity, workspaceId }: { readonly identity: Uint8Array; readonly workspaceId: WorkspaceId },
): Promise<boolean> {
  const other = await db
    .selectFrom("workspace_state_backends")
    .select("workspace_id")
    .where("identity", "=", identity)
    .where("workspace_id", "!=", workspaceId)
    .executeTakeFirst();
  return other !== undefined;
}

/** Stores the workspace's backend in place of an earlier one. @throws UniqueViolationError if another workspace has the same */
export async function putBackendRow(db: Db, row: NewRow<"workspace_state_backends">): Promise<void> {
  const { workspace_id: _, ...set } = row;
  await db
    .insertInto("workspace_state_backends")
    .values(row)
    .onConflict((conflict) => conflict.column("workspace_id").doUpdateSet(set))
    .execute();
}

export async function deleteBackendRow(db: Db, id: WorkspaceId): Promise<void> {
  await db.deleteFrom("workspace_state_backends").where("workspace_id", "=", id).execute();
}

/** Deletes the backend of a workspace unless this build has reported it. */
export async function deleteOtherBackendRow(db: Db, build: Pick<Row<"workspace_builds">, "id" | "workspace_id">): Promise<void> {
  await db
    .deleteFrom("workspace_state_backends")
    .where("workspace_id", "=", build.workspace_id)
    .where("workspace_build_id", "!=", build.id)
    .execute();
}
