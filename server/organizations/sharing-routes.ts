import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { UpdateWorkspaceSharingSettingsRequest, WorkspaceSharingSettings } from "#sdk/organizations.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { ORGANIZATION_IN_PATH } from "../http/needs.ts";
import type { Organization } from "./organization-rows.ts";
import { sharingOf } from "./organization-rules.ts";
import { getOrganizationByReference } from "./read-organizations.ts";
import { updateOrganization } from "./update-organization.ts";

const path = "/api/v2/organizations/:organization/settings/workspace-sharing";
const tags = ["Organizations"];
const params = Type.Object({ organization: Text("name") });

export function workspaceSharingRoutes(app: App): void {
  app.get(
    path,
    {
      config: { needs: [ORGANIZATION_IN_PATH] },
      schema: {
        operationId: "getWorkspaceSharing",
        summary: "Get whose workspaces in an organization may be shared",
        tags,
        params,
        response: { 200: WorkspaceSharingSettings },
      },
    },
    async (request) => sharingJson(await getOrganizationByReference(accessOf(request), request.params.organization)),
  );

  app.patch(
    path,
    {
      config: { needs: [ORGANIZATION_IN_PATH, "organization:update on {organization} or 403"] },
      schema: {
        operationId: "updateWorkspaceSharing",
        summary: "Set whose workspaces in an organization may be shared",
        description: "With `none`, members of the organization cannot see each other either.",
        tags,
        params,
        body: UpdateWorkspaceSharingSettingsRequest,
        response: { 200: WorkspaceSharingSettings },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      return sharingJson(await updateOrganization(access, id, { workspaceSharing: sharingOf(request.body) }));
    },
  );
}

function sharingJson({ workspace_sharing: owners }: Organization): WorkspaceSharingSettings {
  return { sharing_globally_disabled: false, sharing_disabled: owners === "none", shareable_workspace_owners: owners };
}
