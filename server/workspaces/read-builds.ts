import type { Context } from "../access/context.ts";
import { isOwningSession } from "../access/owning-session.ts";
import { noteDormant, permittedWorkspaces } from "../access/permitted-rows.ts";
import { ruled } from "../access/ruled.ts";
import { notInList } from "../database/paging.ts";
import { NotFoundError } from "../errors.ts";
import type { WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { type BuildPage, findBuildByNumber, findBuilds, findLatestBuild, findLatestBuilds, findSelectedBuild } from "./build-list-rows.ts";
import { buildObject, findBuildParameters, type SelectedBuild, type WorkspaceBuild, withJobs } from "./build-rows.ts";

export const getBuild = ruled("builds.get", async (context, id: WorkspaceBuildId) =>
  shown(context, await findSelectedBuild(context.db, id)),
);

export const getBuildByNumber = ruled("builds.getByNumber", async (context, workspaceId: WorkspaceId, buildNumber: number) =>
  shown(context, await findBuildByNumber(context.db, workspaceId, buildNumber)),
);

export const getLatestBuild = ruled("builds.getLatest", async (context, workspaceId: WorkspaceId) =>
  shown(context, await findLatestBuild(context.db, workspaceId)),
);

/** Returns the latest builds of the workspaces that the caller may read. */
export const latestBuildsOf = ruled(
  "builds.latestOf",
  async (context, workspaceIds: readonly WorkspaceId[]): Promise<ReadonlyMap<WorkspaceId, WorkspaceBuild>> => {
    const rows = await findLatestBuilds(context.db, workspaceIds, permittedWorkspaces(context, "read"));
    noteShown(context, rows);
    return new Map((await withJobs(context.db, rows)).map((build) => [build.workspace_id, build]));
  },
);

/** Lists builds, newest first. @throws InvalidInputError for an `afterId` that is not in the list */
export const listBuilds = ruled(
  "builds.list",
  async (context, workspaceId: WorkspaceId, page: BuildPage = {}): Promise<readonly WorkspaceBuild[]> => {
    const rows = await findBuilds(context.db, workspaceId, permittedWorkspaces(context, "read"), page);
    if (rows === undefined) throw notInList();
    noteShown(context, rows);
    return withJobs(context.db, rows);
  },
);

/**
 * The values that somebody gave, which often are credentials: for the workspace's owner, and for who may change them.
 *
 * @throws NotFoundError, ForbiddenError
 */
export const listBuildParameters = ruled("builds.parameters", async (context, id: WorkspaceBuildId) => {
  const workspace = buildObject(readableBuild(context, await findSelectedBuild(context.db, id)));
  if (!isOwningSession(context.guard.subject, workspace)) context.guard.require("update", workspace, "workspace build");
  return findBuildParameters(context.db, id);
});

/** @throws NotFoundError unless the build exists and the caller may read it */
export function readableBuild({ guard }: Pick<Context, "guard">, row: SelectedBuild | undefined): SelectedBuild {
  if (row === undefined) throw new NotFoundError("workspace build");
  guard.read(buildObject(row), "workspace build");
  return row;
}

async function shown(context: Context, row: SelectedBuild | undefined): Promise<WorkspaceBuild> {
  const [build] = await withJobs(context.db, [readableBuild(context, row)]);
  if (build === undefined) throw new NotFoundError("workspace build");
  return build;
}

function noteShown(context: Context, rows: readonly SelectedBuild[]): void {
  noteDormant(
    context,
    "read",
    rows.map((row) => row.workspace_dormant_at),
  );
}
