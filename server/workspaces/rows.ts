/** Reads and writes rows of workspaces, without permission checks. */
import { type Expression, type Kysely, type SqlBool, sql } from "kysely";
import type { Database, Tx } from "../database/database.ts";
import { UniqueViolationError } from "../database/failures.ts";
import { holdUser } from "../database/locks.ts";
import type { Dialect } from "../database/migrations/column-types.ts";
import { paged } from "../database/paging.ts";
import type { NewRow, Row, RowPatch, Tables } from "../database/tables.ts";
import { containsText } from "../database/text-search.ts";
import { NameTakenError, NotFoundError } from "../errors.ts";
import type { OrganizationId, TemplateId, TemplateVersionId, UserId, WorkspaceId } from "../ids.ts";

type Db = Kysely<Tables>;

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

function selectWorkspaces(db: Db) {
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

export function findWorkspace(db: Db, id: WorkspaceId): Promise<Workspace | undefined> {
  return selectWorkspaces(db).where("workspace.id", "=", id).executeTakeFirst();
}

/** Returns a workspace that must exist, for example because it was just written. */
export function getWorkspaceRow(db: Db, id: WorkspaceId): Promise<Workspace> {
  return selectWorkspaces(db).where("workspace.id", "=", id).executeTakeFirstOrThrow();
}

/** Locks the workspace until the transaction ends. */
export function lockWorkspace(db: Db, dialect: Dialect, id: WorkspaceId): Promise<Workspace | undefined> {
  return selectWorkspaces(db)
    .where("workspace.id", "=", id)
    .$if(dialect === "postgres", (q) => q.forUpdate("workspace"))
    .executeTakeFirst();
}

/** Finds the newest workspace with that name. */
export function findWorkspaceByOwnerAndName(
  db: Db,
  ownerId: UserId,
  name: string,
  { includeDeleted }: { readonly includeDeleted: boolean },
): Promise<Workspace | undefined> {
  return selectWorkspaces(db)
    .where("workspace.owner_id", "=", ownerId)
    .where((eb) => eb(eb.fn<string>("lower", ["workspace.name"]), "=", name.toLowerCase()))
    .$if(!includeDeleted, (q) => q.where("workspace.deleted", "=", false))
    .orderBy("workspace.deleted")
    .orderBy("workspace.created_at", "desc")
    .executeTakeFirst();
}

export interface WorkspaceFilter {
  readonly ownerId?: UserId;
  /** A part of the name. */
  readonly name?: string;
  readonly exactName?: string;
  readonly templateId?: TemplateId;
  readonly organizationId?: OrganizationId;
  readonly limit?: number;
  readonly offset?: number;
}

/** Lists workspaces by owner, then name, without deleted ones. */
export function findWorkspaces(
  { db, dialect }: Pick<Database, "db" | "dialect">,
  filter: WorkspaceFilter,
  isListed: Expression<SqlBool>,
): Promise<Workspace[]> {
  return paged(selectWorkspaces(db).where(isListed).where(matching(dialect, filter)), filter)
    .orderBy("owner.username")
    .orderBy("workspace.name")
    .execute();
}

/** Counts the matches before limit and offset. */
export async function countWorkspaces(
  { db, dialect }: Pick<Database, "db" | "dialect">,
  filter: WorkspaceFilter,
  isListed: Expression<SqlBool>,
): Promise<number> {
  const { count } = await db
    .selectFrom("workspaces as workspace")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where(isListed)
    .where(matching(dialect, filter))
    .executeTakeFirstOrThrow();
  return count;
}

function matching(dialect: Dialect, { ownerId, templateId, organizationId, name, exactName }: WorkspaceFilter): Expression<SqlBool> {
  const found = [sql`workspace.deleted = false`];
  if (ownerId !== undefined) found.push(sql`workspace.owner_id = ${ownerId}`);
  if (templateId !== undefined) found.push(sql`workspace.template_id = ${templateId}`);
  if (organizationId !== undefined) found.push(sql`workspace.organization_id = ${organizationId}`);
  if (name !== undefined) found.push(containsText(dialect, "workspace.name", name));
  if (exactName !== undefined) found.push(sql`lower(workspace.name) = ${exactName.toLowerCase()}`);
  return sql<SqlBool>`${sql.join(found, sql` and `)}`;
}

/** @throws NameTakenError */
export async function insertWorkspace(db: Db, workspace: NewRow<"workspaces">): Promise<Row<"workspaces">> {
  return db.insertInto("workspaces").values(workspace).returningAll().executeTakeFirstOrThrow().catch(nameTaken(workspace.name));
}

/** @throws NameTakenError */
export async function patchWorkspace(db: Db, id: WorkspaceId, set: RowPatch<"workspaces">): Promise<void> {
  await db
    .updateTable("workspaces")
    .set(set)
    .where("id", "=", id)
    .execute()
    .catch(nameTaken(set.name ?? ""));
}

/** Locks a template, so that nobody deletes it or changes its ACL between the permission check and its use. */
export function shareTemplate(db: Db, dialect: Dialect, id: TemplateId): Promise<Row<"templates"> | undefined> {
  return db
    .selectFrom("templates")
    .selectAll()
    .where("id", "=", id)
    .$if(dialect === "postgres", (q) => q.forShare())
    .executeTakeFirst();
}

/** Locks a membership, so that nobody ends it before the workspace is stored. @throws NotFoundError for a user who is not a member */
export async function holdMember(core: Pick<Database, "dialect">, tx: Tx, userId: UserId, organizationId: OrganizationId): Promise<void> {
  // Locks in the same order as the deletion of a user: otherwise both could deadlock, and one would fail.
  await holdUser(core, tx, userId);
  const member = await tx.db
    .selectFrom("organization_members")
    .select("user_id")
    .where("user_id", "=", userId)
    .where("organization_id", "=", organizationId)
    .$if(core.dialect === "postgres", (q) => q.forKeyShare())
    .executeTakeFirst();
  if (member === undefined) throw new NotFoundError("organization member");
}

function nameTaken(name: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof UniqueViolationError ? new NameTakenError("workspace", "name", name, { cause: error }) : error;
  };
}
