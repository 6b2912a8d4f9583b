import type { Kysely } from "kysely";
import { NotFoundError } from "../errors.ts";
import type { PresetId, TemplateVersionId, UserId, WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { insertBuild } from "./build-insert.ts";
import type { StoreContext } from "./context.ts";
import { findJobs } from "./job-rows.ts";
import type { Job } from "./jobs.ts";
import { isLatestBuild } from "./latest-build.ts";
import { noteDormant, permittedWorkspaces } from "./object-filters.ts";
import { templateObjectOf, workspaceObjectOf } from "./objects.ts";
import { notInList, paged } from "./paging.ts";
import type { BuildReason, Row, Tables, Transition } from "./tables.ts";

export type WorkspaceBuild = Omit<Row<"workspace_builds">, "provisioner_state" | "agent_token_secret"> & {
  readonly workspace_name: string;
  readonly workspace_owner_id: UserId;
  readonly workspace_owner_username: string;
  readonly workspace_owner_avatar_url: string;
  readonly template_version_name: string;
  readonly initiator_username: string;
  readonly job: Job;
};

export interface NewBuild {
  readonly workspaceId: WorkspaceId;
  readonly transition: Transition;
  /** Default: the last build's; for a start of a template that requires it, the active one. */
  readonly templateVersionId?: TemplateVersionId;
  readonly presetId?: PresetId;
  /** What the last build had and is not named here carries over, except ephemeral parameters. */
  readonly parameters?: readonly { readonly name: string; readonly value: string }[];
  readonly reason?: BuildReason;
  /** Turns on Terraform's trace; needs `update` on the template. */
  readonly logLevel?: string;
  /** Replaces the state that the build starts from; needs `update` on the template. Empty with `delete`: forget, do not destroy. */
  readonly state?: Uint8Array;
  /** Ignored unless the server itself acts: then in whose name. */
  readonly initiatorId?: UserId;
}

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

export function createBuilds(context: StoreContext): WorkspaceBuilds {
  const { db, guard, write } = context;
  const readable = (row: SelectedBuild | undefined): SelectedBuild => {
    if (row === undefined) throw new NotFoundError("workspace build");
    guard.read(objectOf(row), "workspace build");
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

/** The same for all builds of a workspace: a build begins with what the one before left, as it is sealed. */
export function statePurpose(workspaceId: WorkspaceId): string {
  return `workspace_builds.provisioner_state:${workspaceId}`;
}

export function agentSecretPurpose(buildId: WorkspaceBuildId): string {
  return `workspace_builds.agent_token_secret:${buildId}`;
}

function selectBuilds(db: Kysely<Tables>) {
  return db
    .selectFrom("workspace_builds as build")
    .innerJoin("workspaces as workspace", "workspace.id", "build.workspace_id")
    .innerJoin("users as owner", "owner.id", "workspace.owner_id")
    .innerJoin("users as initiator", "initiator.id", "build.initiator_id")
    .innerJoin("template_versions as version", "version.id", "build.template_version_id")
    .select([
      "build.id",
      "build.workspace_id",
      "build.template_version_id",
      "build.template_version_preset_id",
      "build.build_number",
      "build.transition",
      "build.reason",
      "build.initiator_id",
      "build.initiator_key_id",
      "build.job_id",
      "build.daily_cost",
      "build.deadline",
      "build.max_deadline",
      "build.has_external_agent",
      "build.created_at",
      "build.updated_at",
    ])
    .select([
      "workspace.name as workspace_name",
      "workspace.owner_id as workspace_owner_id",
      "owner.username as workspace_owner_username",
      "owner.avatar_url as workspace_owner_avatar_url",
      "version.name as template_version_name",
      "initiator.username as initiator_username",
      "workspace.organization_id as workspace_organization_id",
      "workspace.dormant_at as workspace_dormant_at",
      "workspace.user_acl as workspace_user_acl",
      "workspace.group_acl as workspace_group_acl",
    ]);
}

type SelectedBuild = Awaited<ReturnType<ReturnType<typeof selectBuilds>["execute"]>>[number];

function objectOf(row: SelectedBuild) {
  return workspaceObjectOf({
    id: row.workspace_id,
    owner_id: row.workspace_owner_id,
    organization_id: row.workspace_organization_id,
    dormant_at: row.workspace_dormant_at,
    user_acl: row.workspace_user_acl,
    group_acl: row.workspace_group_acl,
  });
}

async function withJobs(db: Kysely<Tables>, rows: readonly SelectedBuild[]): Promise<WorkspaceBuild[]> {
  const jobs = await findJobs(
    db,
    rows.map(({ job_id }) => job_id),
  );
  return rows.map((row) => {
    const {
      workspace_organization_id: _organization,
      workspace_dormant_at: _dormant,
      workspace_user_acl: _user,
      workspace_group_acl: _group,
      ...build
    } = row;
    const found = jobs.get(build.job_id);
    if (found === undefined) throw new Error(`workspace build ${build.id} has no job`);
    return { ...build, job: found.job };
  });
}

/** Without a decision. */
export async function findBuild(db: Kysely<Tables>, id: WorkspaceBuildId): Promise<WorkspaceBuild> {
  const [build] = await withJobs(db, await selectBuilds(db).where("build.id", "=", id).execute());
  if (build === undefined) throw new NotFoundError("workspace build");
  return build;
}

/** Without a decision. */
export async function findBuildParameters(db: Kysely<Tables>, id: WorkspaceBuildId): Promise<{ name: string; value: string }[]> {
  return db
    .selectFrom("workspace_build_parameters")
    .select(["name", "value"])
    .where("workspace_build_id", "=", id)
    .orderBy("name")
    .execute();
}
