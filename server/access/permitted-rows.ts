/**
 * The rows with which the subject may do something, as conditions of `where`: objects.ts for lists. What that file says a record is
 * checked as, this one must say too; test/contracts/lists-contract.ts holds them against each other.
 */
import { type Expression, type SqlBool, sql } from "kysely";
import type { Action, ResourceType } from "#authz/resource-types.ts";
import { type ObjectColumns, predicateSql } from "../database/predicate-sql.ts";
import type { Context } from "./context.ts";

type Asking = Pick<Context, "dialect" | "guard">;
type Condition = Expression<SqlBool>;

/** Rows whose object the subject may do this to. The right counts as used. */
export function permitted<T extends ResourceType>(
  { dialect, guard }: Asking,
  action: Action<T>,
  type: T,
  columns: ObjectColumns,
): Condition {
  const predicate = guard.filter(action, type);
  if (predicate.kind !== "none") guard.used(action, type);
  return predicateSql(dialect, predicate, columns);
}

/** In a query that calls the table `workspace`. A dormant one is of a type of its own, and its shares rest. See {@link noteDormant}. */
export function permittedWorkspaces(context: Asking, action: Action<"workspace">): Condition {
  return workspacesThat(permitted(context, action, "workspace", SHARED_WORKSPACE), dormant(context, action));
}

/** The right to dormant workspaces counts as used only by a list that showed one: they are rare, and a key should not be given it for all. */
export function noteDormant({ guard }: Asking, action: Action<"workspace">, dormantAt: readonly (Date | null)[]): void {
  if (dormantAt.some((at) => at !== null)) guard.used(action, "workspace_dormant");
}

const WORKSPACE = { id: "workspace.id", ownerId: "workspace.owner_id", organizationId: "workspace.organization_id" };
const SHARED_WORKSPACE = { ...WORKSPACE, userAcl: "workspace.user_acl", groupAcl: "workspace.group_acl" };

function workspacesThat(whenAwake: Condition, whenDormant: Condition): Condition {
  return sql`(workspace.dormant_at is null and ${whenAwake} or workspace.dormant_at is not null and ${whenDormant})`;
}

function dormant({ dialect, guard }: Asking, action: Action<"workspace">): Condition {
  return predicateSql(dialect, guard.filter(action, "workspace_dormant"), WORKSPACE);
}

/** In a query that calls the table `template`. */
export function permittedTemplates(context: Asking, action: Action<"template">): Condition {
  return permitted(context, action, "template", { ...TEMPLATE_ACL, id: "template.id", organizationId: "template.organization_id" });
}

const TEMPLATE_ACL = { userAcl: "template.user_acl", groupAcl: "template.group_acl" };

/** In a query that calls the versions `version` and joins their templates from the left as `template`: one without is checked without an id. */
export function permittedVersions(context: Asking, action: Action<"template">): Condition {
  return permitted(context, action, "template", { ...TEMPLATE_ACL, id: "version.template_id", organizationId: "version.organization_id" });
}

/** In a query that calls the table `daemon` or `key`. */
export function permittedDaemons(context: Asking, action: Action<"provisioner_daemon">, table: "daemon" | "key"): Condition {
  return permitted(context, action, "provisioner_daemon", { id: `${table}.id`, organizationId: `${table}.organization_id` });
}
