import { type AuthzObject, templateObject, workspaceObject } from "#authz/object.ts";
import type { Row } from "../database/tables.ts";

/** Converts rows to the objects that authz decides about. */
export function workspaceObjectOf(
  row: Pick<Row<"workspaces">, "id" | "owner_id" | "organization_id" | "dormant_at" | "user_acl" | "group_acl">,
): AuthzObject<"workspace" | "workspace_dormant"> {
  return workspaceObject({
    id: row.id,
    ownerId: row.owner_id,
    organizationId: row.organization_id,
    isDormant: row.dormant_at !== null,
    userAcl: row.user_acl,
    groupAcl: row.group_acl,
  });
}

export function templateObjectOf(
  row: Pick<Row<"templates">, "id" | "organization_id" | "user_acl" | "group_acl">,
): AuthzObject<"template"> {
  return templateObject({ id: row.id, organizationId: row.organization_id, userAcl: row.user_acl, groupAcl: row.group_acl });
}
