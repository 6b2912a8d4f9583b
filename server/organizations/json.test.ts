import { expect, test } from "vitest";
import { OrganizationId } from "../ids.ts";
import { organizationJson } from "./json.ts";

test("an organization is shown with the roles that its members have, and nothing of whom its workspaces are shared with", () => {
  const at = new Date(0);
  const row = {
    id: OrganizationId.parse("0a0a0a0a-0000-4000-8000-000000000001"),
    name: "lab",
    display_name: "Lab",
    description: "where things blow up",
    icon: "/a.png",
    is_default: false,
    default_member_roles: ["organization-workspace-access"],
    workspace_sharing: "none",
    deleted: false,
    created_at: at,
    updated_at: at,
  } as const;
  const { default_member_roles, workspace_sharing: _sharing, deleted: _deleted, ...same } = row;
  expect(organizationJson(row)).toEqual({
    ...same,
    created_at: at.toISOString(),
    updated_at: at.toISOString(),
    default_org_member_roles: default_member_roles,
  });
});
