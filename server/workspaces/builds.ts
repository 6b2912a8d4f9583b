import type { Context } from "../access/context.ts";
import { templateObjectOf } from "../access/objects.ts";
import { noteDormant, permittedWorkspaces } from "../access/permitted-rows.ts";
import { isLatestBuild } from "../database/latest-build.ts";
import { notInList, paged } from "../database/paging.ts";
import { NotFoundError } from "../errors.ts";
import type { WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { insertBuild, type NewBuild } from "./build-insert.ts";
import {
  buildObject,
  findBuild,
  findBuildParameters,
  type SelectedBuild,
  selectBuilds,
  statePurpose,
  type WorkspaceBuild,
  withJobs,
} from "./build-rows.ts";

export interface WorkspaceBuilds {
  /**
   * Enqueues its job with it, and ends the tokens of the build before. Start and stop need the right of that name on the workspace,
   * delete the right to delete. Parameters are checked against the version's.
   *
   * @throws BuildActiveError while another build is not over, InvalidInputError for parameters, JobNotCompletedError for the version
   */
  create(build: NewBuild): Promise<WorkspaceBuild>;
  get(id: WorkspaceBuildId): Promise<WorkspaceBuild>;
  getByNumber(workspaceId: WorkspaceId, buildNumber: number): Promise<WorkspaceBuild>;
  getLatest(workspaceId: WorkspaceId): Promise<WorkspaceBuild>;
  /** Those of workspaces that may be read. */
  latestOf(workspaceIds: readonly WorkspaceId[]): Promise<ReadonlyMap<WorkspaceId, WorkspaceBuild>>;
  /** Newest first. */
  list(
    workspaceId: WorkspaceId,
    page?: { readonly limit?: number; readonly offset?: number; readonly afterId?: WorkspaceBuildId },
  ): Promise<readonly WorkspaceBuild[]>;
  parameters(id: WorkspaceBuildId): Promise<readonly { readonly name: string; readonly value: string }[]>;
  /** Terraform's state, empty when there is none. Needs `update` on the template. */
  state(id: WorkspaceBuildId): Promise<Uint8Array>;
}

export function createBuilds(context: Context): WorkspaceBuilds {
  const { db, guard, write } = context;
  const readable = (row: SelectedBuild | undefined): SelectedBuild => {
    if (row === undefined) throw new NotFoundError("workspace build");
    guard.read(buildObject(row), "workspace build");
    return row;
  };
  const one = async (row: SelectedBuild | undefined): Promise<WorkspaceBuild> => {
    const [build] = await withJobs(db, [readable(row)]);
    if (build === undefined) throw new NotFoundError("workspace build");
    return build;
  };
  const byId = (id: WorkspaceBuildId) => selectBuilds(db).where("build.id", "=", id).executeTakeFirst();

  return {
    // Whoever may start, stop or delete it is shown what became of that.
    create: (build) => write(async (tx) => findBuild(tx.db, await insertBuild(context, tx, build))),
    get: async (id) => one(await byId(id)),
    getByNumber: async (workspaceId, buildNumber) =>
      one(
        await selectBuilds(db)
          .where("build.workspace_id", "=", workspaceId)
          .where("build.build_number", "=", buildNumber)
          .executeTakeFirst(),
      ),
    getLatest: async (workspaceId) =>
      one(
        await selectBuilds(db)
          .where("build.workspace_id", "=", workspaceId)
          .orderBy("build.build_number", "desc")
          .limit(1)
          .executeTakeFirst(),
      ),
    latestOf: async (workspaceIds) => {
      const listed = selectBuilds(db).where(permittedWorkspaces(context, "read")).where(isLatestBuild);
      const rows = workspaceIds.length === 0 ? [] : await listed.where("build.workspace_id", "in", workspaceIds).execute();
      noteDormant(
        context,
        "read",
        rows.map((row) => row.workspace_dormant_at),
      );
      return new Map((await withJobs(db, rows)).map((build) => [build.workspace_id, build]));
    },
    list: async (workspaceId, { limit, offset, afterId } = {}) => {
      const listed = selectBuilds(db).where("build.workspace_id", "=", workspaceId).where(permittedWorkspaces(context, "read"));
      let rest = paged(listed, { limit, offset });
      if (afterId !== undefined) {
        const after = await listed.where("build.id", "=", afterId).executeTakeFirst();
        if (after === undefined) throw notInList();
        rest = rest.where("build.build_number", "<", after.build_number);
      }
      const rows = await rest.orderBy("build.build_number", "desc").execute();
      noteDormant(
        context,
        "read",
        rows.map((row) => row.workspace_dormant_at),
      );
      return withJobs(db, rows);
    },
    parameters: async (id) => {
      readable(await byId(id));
      return findBuildParameters(db, id);
    },
    state: async (id) => {
      const build = readable(await byId(id));
      const template = await db
        .selectFrom("templates")
        .innerJoin("workspaces", "workspaces.template_id", "templates.id")
        .selectAll("templates")
        .where("workspaces.id", "=", build.workspace_id)
        .executeTakeFirstOrThrow();
      guard.require("update", templateObjectOf(template), "workspace build");
      const { provisioner_state } = await db
        .selectFrom("workspace_builds")
        .select("provisioner_state")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      return provisioner_state === null ? new Uint8Array() : context.encryption.open(statePurpose(build.workspace_id), provisioner_state);
    },
  };
}
