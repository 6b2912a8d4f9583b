/** Reads builds of workspaces, without permission checks. */
import type { Expression, Kysely, SqlBool } from "kysely";
import { isLatestBuild } from "../database/latest-build.ts";
import { paged } from "../database/paging.ts";
import type { Row, Tables } from "../database/tables.ts";
import type { StateId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { type SelectedBuild, selectBuilds } from "./build-rows.ts";

type Db = Kysely<Tables>;

export function findSelectedBuild(db: Db, id: WorkspaceBuildId): Promise<SelectedBuild | undefined> {
  return selectBuilds(db).where("build.id", "=", id).executeTakeFirst();
}

export function findBuildByNumber(db: Db, workspaceId: WorkspaceId, buildNumber: number): Promise<SelectedBuild | undefined> {
  return selectBuilds(db).where("build.workspace_id", "=", workspaceId).where("build.build_number", "=", buildNumber).executeTakeFirst();
}

export function findLatestBuild(db: Db, workspaceId: WorkspaceId): Promise<SelectedBuild | undefined> {
  return selectBuilds(db).where("build.workspace_id", "=", workspaceId).orderBy("build.build_number", "desc").limit(1).executeTakeFirst();
}

export async function findLatestBuilds(
  db: Db,
  workspaceIds: readonly WorkspaceId[],
  isListed: Expression<SqlBool>,
): Promise<SelectedBuild[]> {
  if (workspaceIds.length === 0) return [];
  return selectBuilds(db).where(isListed).where(isLatestBuild).where("build.workspace_id", "in", workspaceIds).execute();
}

export interface BuildPage {
  readonly limit?: number;
  readonly offset?: number;
  /** The page begins after this build. */
  readonly afterId?: WorkspaceBuildId;
}

/** Returns builds, newest first; undefined if `afterId` is not in the list. */
export async function findBuilds(
  db: Db,
  workspaceId: WorkspaceId,
  isListed: Expression<SqlBool>,
  { limit, offset, afterId }: BuildPage,
): Promise<SelectedBuild[] | undefined> {
  const listed = selectBuilds(db).where("build.workspace_id", "=", workspaceId).where(isListed);
  let rest = paged(listed, { limit, offset });
  if (afterId !== undefined) {
    const after = await listed.where("build.id", "=", afterId).executeTakeFirst();
    if (after === undefined) return undefined;
    rest = rest.where("build.build_number", "<", after.build_number);
  }
  return rest.orderBy("build.build_number", "desc").execute();
}

export function getTemplateOfWorkspace(db: Db, id: WorkspaceId): Promise<Row<"templates">> {
  return db
    .selectFrom("templates")
    .innerJoin("workspaces", "workspaces.template_id", "templates.id")
    .selectAll("templates")
    .where("workspaces.id", "=", id)
    .executeTakeFirstOrThrow();
}

export async function findStateId(db: Db, id: WorkspaceBuildId): Promise<StateId | null> {
  return (await db.selectFrom("workspace_builds").select("state_id").where("id", "=", id).executeTakeFirstOrThrow()).state_id;
}

/** Finds the last state that a build before this one has. */
export async function findEarlierStateId(
  db: Db,
  build: Pick<Row<"workspace_builds">, "workspace_id" | "build_number">,
): Promise<StateId | undefined> {
  const earlier = await db
    .selectFrom("workspace_builds")
    .select("state_id")
    .where("workspace_id", "=", build.workspace_id)
    .where("build_number", "<", build.build_number)
    .where("state_id", "is not", null)
    .orderBy("build_number", "desc")
    .limit(1)
    .executeTakeFirst();
  return earlier?.state_id ?? undefined;
}
