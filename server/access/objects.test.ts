import { expect, test } from "vitest";
import { OrganizationId, TemplateId, UserId, WorkspaceId } from "../ids.ts";
import { templateObjectOf, workspaceObjectOf } from "./objects.ts";

const id = "11111111-0000-4000-8000-000000000001";
const acl = { user_acl: { bob: ["read"] }, group_acl: { everyone: ["use"] } };
const workspace = {
  id: WorkspaceId.parse(id),
  owner_id: UserId.parse(id.replace("1", "2")),
  organization_id: OrganizationId.parse(id.replace("1", "3")),
  ...acl,
};

test("a workspace is shared while it is awake, and of a type of its own, shared with nobody, while it is dormant", () => {
  const { id: workspaceId, owner_id: ownerId, organization_id: organizationId } = workspace;
  const ids = { id: workspaceId, ownerId, organizationId };
  expect(workspaceObjectOf({ ...workspace, dormant_at: null })).toEqual({
    type: "workspace",
    ...ids,
    userAcl: acl.user_acl,
    groupAcl: acl.group_acl,
  });
  expect(workspaceObjectOf({ ...workspace, dormant_at: new Date(0) })).toEqual({ type: "workspace_dormant", ...ids });
});

test("a template belongs to its organization and to nobody, and has both of its lists", () => {
  const organizationId = workspace.organization_id;
  expect(templateObjectOf({ id: TemplateId.parse(id), organization_id: organizationId, ...acl })).toEqual({
    type: "template",
    id,
    organizationId,
    userAcl: acl.user_acl,
    groupAcl: acl.group_acl,
  });
});
