/**
 * objects.ts for lists: the rows with which the subject may do something, as conditions of `where`. What that file says a record is
 * checked as, this one must say too; test/contracts/lists-contract.ts holds them against each other.
 */
import { type Expression, type SqlBool, sql } from "kysely";
import type { Action } from "#authz/resource-types.ts";
import type { StoreContext } from "./context.ts";
import { type ObjectColumns, permitted, predicateSql } from "./predicate-sql.ts";

type Context = Pick<StoreContext, "dialect" | "guard">;
type Condition = Expression<SqlBool>;

/** In a query that calls the table `workspace`. A dormant one is of a type of its own, and its shares rest. See {@link noteDormant}. */
export function permittedWorkspaces(context: Context, action: Action<"workspace">): Condition {
  const columns = { id: "workspace.id", ownerId: "workspace.owner_id", organizationId: "workspace.organization_id" };
  const awake = permitted(context, action, "workspace", { ...columns, userAcl: "workspace.user_acl", groupAcl: "workspace.group_acl" });
  return sql`(workspace.dormant_at is null and ${awake} or workspace.dormant_at is not null and ${dormant(context, action, columns)})`;
}

/** The right to dormant workspaces counts as used only by a list that showed one: they are rare, and a key should not be given it for all. */
export function noteDormant({ guard }: Context, action: Action<"workspace">, rows: readonly { readonly dormant_at: Date | null }[]): void {
  if (rows.some(({ dormant_at }) => dormant_at !== null)) guard.used(action, "workspace_dormant");
}

function dormant({ dialect, guard }: Context, action: Action<"workspace">, columns: ObjectColumns): Condition {
  return predicateSql(dialect, guard.filter(action, "workspace_dormant"), columns);
}

/** In a query that calls the table `template`. */
export function permittedTemplates(context: Context, action: Action<"template">): Condition {
  return permitted(context, action, "template", TEMPLATE_COLUMNS);
}

const TEMPLATE_COLUMNS = {
  id: "template.id",
  organizationId: "template.organization_id",
  userAcl: "template.user_acl",
  groupAcl: "template.group_acl",
} as const;

/** In a query that calls the versions `version`, and their templates, joined from the left, `template`: one without is checked without an id. */
export function permittedVersions(context: Context, action: Action<"template">): Condition {
  return permitted(context, action, "template", {
    ...TEMPLATE_COLUMNS,
    id: "version.template_id",
    organizationId: "version.organization_id",
  });
}

/** In a query that calls the table `daemon` or `key`. */
export function permittedDaemons(context: Context, action: Action<"provisioner_daemon">, table: "daemon" | "key"): Condition {
  return permitted(context, action, "provisioner_daemon", { id: `${table}.id`, organizationId: `${table}.organization_id` });
}
