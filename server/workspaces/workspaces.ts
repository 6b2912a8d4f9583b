import type { ExpressionBuilder, Kysely } from "kysely";
import { workspaceObject } from "#authz/object.ts";
import type { Context } from "../access/context.ts";
import { templateObjectOf, workspaceObjectOf } from "../access/objects.ts";
import { noteDormant, permittedWorkspaces } from "../access/permitted-rows.ts";
import { audit } from "../audit/audit.ts";
import type { Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdUser } from "../database/locks.ts";
import { paged } from "../database/paging.ts";
import type { BuildReason, Row, RowPatch, Tables } from "../database/tables.ts";
import { containsText } from "../database/text-search.ts";
import { InvalidInputError, NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId, PresetId, TemplateId, TemplateVersionId, UserId, WorkspaceId } from "../ids.ts";
import { insertBuild } from "./build-insert.ts";
import { findBuild, type WorkspaceBuild } from "./build-rows.ts";

export type Workspace = Row<"workspaces"> & {
  readonly owner_username: string;
  readonly owner_avatar_url: string;
  readonly organization_name: string;
  readonly template_name: string;
  readonly template_display_name: string;
  readonly template_icon: string;
  readonly template_active_version_id: TemplateVersionId;
  readonly template_allow_user_cancel_workspace_jobs: boolean;
  readonly template_require_active_version: boolean;
  readonly template_use_classic_parameter_flow: boolean;
};

export interface NewWorkspace {
  readonly ownerId: UserId;
  readonly templateId: TemplateId;
  /** Default: the template's active one. */
  readonly templateVersionId?: TemplateVersionId;
  readonly name: string;
  readonly autostartSchedule?: string;
  readonly ttlMs?: number;
  readonly automaticUpdates?: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly presetId?: PresetId;
  readonly reason?: BuildReason;
  /** Ignored unless the server itself acts: then in whose name. */
  readonly initiatorId?: UserId;
}

export interface WorkspaceFilter {
  readonly ownerId?: UserId;
  /** Part of the name. */
  readonly name?: string;
  readonly exactName?: string;
  readonly templateId?: TemplateId;
  readonly organizationId?: OrganizationId;
  readonly limit?: number;
  readonly offset?: number;
}

export interface Workspaces {
  /** The workspace and its first build, a start, with its job. @throws NameTakenError, JobNotCompletedError */
  create(workspace: NewWorkspace): Promise<{ readonly workspace: Workspace; readonly build: WorkspaceBuild }>;
  /** Deleted ones too, for whoever may read them: look at `deleted`. */
  get(id: WorkspaceId): Promise<Workspace>;
  /** @param includeDeleted default false; the youngest of that name */
  getByOwnerAndName(ownerId: UserId, name: string, includeDeleted?: boolean): Promise<Workspace>;
  /** By owner, then name; without deleted ones. `count` is the number of matches before limit and offset. */
  list(filter?: WorkspaceFilter): Promise<{ readonly workspaces: readonly Workspace[]; readonly count: number }>;
  update(
    id: WorkspaceId,
    patch: Pick<RowPatch<"workspaces">, "name" | "autostart_schedule" | "ttl_ms" | "automatic_updates" | "favorite" | "last_used_at">,
  ): Promise<Workspace>;
}

export function createWorkspaces(context: Context): Workspaces {
  const { db, dialect, guard, write, newId, now } = context;
  const readable = (row: Workspace | undefined): Workspace => {
    if (row === undefined) throw new NotFoundError("workspace");
    guard.read(workspaceObjectOf(row), "workspace");
    return row;
  };
  const get = async (id: WorkspaceId) => readable(await selectWorkspaces(db).where("workspace.id", "=", id).executeTakeFirst());

  return {
    create: async (workspace) => {
      const { ownerId, templateId, name } = workspace;
      return write(async (tx) => {
        // Locked: else it could be deleted, or its ACL changed, between this decision and its use.
        const template = await tx.db
          .selectFrom("templates")
          .selectAll()
          .where("id", "=", templateId)
          .$if(dialect === "postgres", (q) => q.forShare())
          .executeTakeFirst();
        if (template === undefined || template.deleted) throw new NotFoundError("template");
        guard.require("use", templateObjectOf(template), "template");
        if (template.deprecated !== "") throw new InvalidInputError(`The template is deprecated: ${template.deprecated}`);
        guard.requireOpenly("create", workspaceObject({ ownerId, organizationId: template.organization_id }));
        await holdMember(context, tx, ownerId, template.organization_id);
        const [id, at] = [newId<WorkspaceId>(), now()];
        const row = await tx.db
          .insertInto("workspaces")
          .values({
            id,
            owner_id: ownerId,
            organization_id: template.organization_id,
            template_id: templateId,
            name,
            autostart_schedule: workspace.autostartSchedule ?? null,
            ttl_ms: workspace.ttlMs ?? null,
            automatic_updates: workspace.automaticUpdates ?? "never",
            user_acl: {},
            group_acl: {},
            last_used_at: at,
            created_at: at,
            updated_at: at,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
          .catch(nameTaken(name));
        await audit(context, tx, {
          action: "create",
          resourceType: "workspace",
          resourceId: id,
          target: name,
          icon: template.icon,
          organizationId: template.organization_id,
          after: row,
          actor: { userId: workspace.initiatorId ?? ownerId },
        });
        const buildId = await insertBuild(context, tx, {
          workspaceId: id,
          transition: "start",
          templateVersionId: workspace.templateVersionId ?? template.active_version_id,
          parameters: workspace.parameters,
          ...(workspace.presetId !== undefined && { presetId: workspace.presetId }),
          ...(workspace.reason !== undefined && { reason: workspace.reason }),
          ...(workspace.initiatorId !== undefined && { initiatorId: workspace.initiatorId }),
        });
        // Whoever may make it is shown what became of it.
        return { workspace: await findWorkspace(tx.db, id), build: await findBuild(tx.db, buildId) };
      });
    },
    get,
    getByOwnerAndName: async (ownerId, name, includeDeleted = false) =>
      readable(
        await selectWorkspaces(db)
          .where("workspace.owner_id", "=", ownerId)
          .where((eb) => eb(eb.fn<string>("lower", ["workspace.name"]), "=", name.toLowerCase()))
          .$if(!includeDeleted, (q) => q.where("workspace.deleted", "=", false))
          .orderBy("workspace.deleted")
          .orderBy("workspace.created_at", "desc")
          .executeTakeFirst(),
      ),
    list: async (filter = {}) => {
      const { ownerId, templateId, organizationId, name, exactName } = filter;
      const isListed = permittedWorkspaces(context, "read");
      const matches = (eb: ExpressionBuilder<{ workspace: Tables["workspaces"] }, "workspace">) =>
        eb.and([
          eb("workspace.deleted", "=", false),
          ...(ownerId === undefined ? [] : [eb("workspace.owner_id", "=", ownerId)]),
          ...(templateId === undefined ? [] : [eb("workspace.template_id", "=", templateId)]),
          ...(organizationId === undefined ? [] : [eb("workspace.organization_id", "=", organizationId)]),
          ...(name === undefined ? [] : [containsText(context.dialect, "workspace.name", name)]),
          ...(exactName === undefined ? [] : [eb(eb.fn<string>("lower", ["workspace.name"]), "=", exactName.toLowerCase())]),
        ]);
      const workspaces = await paged(selectWorkspaces(db).where(isListed).where(matches), filter)
        .orderBy("owner.username")
        .orderBy("workspace.name")
        .execute();
      noteDormant(
        context,
        "read",
        workspaces.map((workspace) => workspace.dormant_at),
      );
      if ((filter.limit ?? 0) === 0 && (filter.offset ?? 0) === 0) return { workspaces, count: workspaces.length };
      const { count } = await db
        .selectFrom("workspaces as workspace")
        .select((eb) => eb.fn.countAll<number>().as("count"))
        .where(isListed)
        .where(matches)
        .executeTakeFirstOrThrow();
      return { workspaces, count };
    },
    update: (id, patch) =>
      write(async (tx) => {
        const before = await selectWorkspaces(tx.db)
          .where("workspace.id", "=", id)
          .$if(dialect === "postgres", (q) => q.forUpdate("workspace"))
          .executeTakeFirst();
        if (before === undefined) throw new NotFoundError("workspace");
        guard.require("update", workspaceObjectOf(before), "workspace");
        await tx.db
          .updateTable("workspaces")
          .set({ ...patch, updated_at: now() })
          .where("id", "=", id)
          .execute()
          .catch(nameTaken(patch.name ?? ""));
        const after = await findWorkspace(tx.db, id);
        await audit(context, tx, {
          action: "write",
          resourceType: "workspace",
          resourceId: id,
          target: before.name,
          icon: before.template_icon,
          organizationId: before.organization_id,
          before,
          after,
          additional: { workspace_owner: before.owner_username },
        });
        tx.publish({ kind: "workspace_changed", workspaceId: id });
        return after;
      }),
  };
}

/** Without a decision. */
function findWorkspace(db: Kysely<Tables>, id: WorkspaceId): Promise<Workspace> {
  return selectWorkspaces(db).where("workspace.id", "=", id).executeTakeFirstOrThrow();
}

function selectWorkspaces(db: Kysely<Tables>) {
  return db
    .selectFrom("workspaces as workspace")
    .innerJoin("users as owner", "owner.id", "workspace.owner_id")
    .innerJoin("organizations as organization", "organization.id", "workspace.organization_id")
    .innerJoin("templates as template", "template.id", "workspace.template_id")
    .selectAll("workspace")
    .select([
      "owner.username as owner_username",
      "owner.avatar_url as owner_avatar_url",
      "organization.name as organization_name",
      "template.name as template_name",
      "template.display_name as template_display_name",
      "template.icon as template_icon",
      "template.active_version_id as template_active_version_id",
      "template.allow_user_cancel_workspace_jobs as template_allow_user_cancel_workspace_jobs",
      "template.require_active_version as template_require_active_version",
      "template.use_classic_parameter_flow as template_use_classic_parameter_flow",
    ]);
}

/** Whoever would end the membership waits until the workspace is there. */
async function holdMember(context: Context, tx: Tx, userId: UserId, organizationId: OrganizationId): Promise<void> {
  // In this order, as the deletion of a user has it: two that wait for each other end with an error for one.
  await holdUser(context, tx, userId);
  const member = await tx.db
    .selectFrom("organization_members")
    .select("user_id")
    .where("user_id", "=", userId)
    .where("organization_id", "=", organizationId)
    .$if(context.dialect === "postgres", (q) => q.forKeyShare())
    .executeTakeFirst();
  if (member === undefined) throw new NotFoundError("organization member");
}

function nameTaken(name: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof UniqueViolationError ? new NameTakenError("workspace", "name", name, { cause: error }) : error;
  };
}
