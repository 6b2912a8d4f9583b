import { Type } from "typebox";
import { UpdateWorkspaceSharingSettingsRequest, WorkspaceSharingSettings } from "#sdk/organizations.ts";
import { userOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { resolveOrganization } from "../people/path-identifiers.ts";
import type { RouteDeps } from "../route-deps.ts";
import { updateSharing } from "./change-organization.ts";
import type { Organization } from "./organizations.ts";

const path = "/api/v2/organizations/:organization/settings/workspace-sharing";
const tags = ["Organizations"];
const params = Type.Object({ organization: Type.String() });

export function workspaceSharingRoutes(app: App, { store }: RouteDeps): void {
  app.get(
    path,
    {
      config: { needs: [ORGANIZATION_IN_PATH] },
      schema: {
        operationId: "getWorkspaceSharing",
        summary: "Whose workspaces in an organization may be shared",
        tags,
        params,
        response: { 200: WorkspaceSharingSettings },
      },
    },
    async (request) => sharingJson(await resolveOrganization(store.as(userOf(request).subject), request.params.organization)),
  );

  app.patch(
    path,
    {
      config: { needs: [ORGANIZATION_IN_PATH, "organization:update on {organization} or 403"] },
      schema: {
        operationId: "updateWorkspaceSharing",
        summary: "Says whose workspaces in an organization may be shared",
        description: "With `none` its members do not see each other either.",
        tags,
        params,
        body: UpdateWorkspaceSharingSettingsRequest,
        response: { 200: WorkspaceSharingSettings },
      },
    },
    async (request) => {
      const view = store.as(userOf(request).subject);
      const { id } = await resolveOrganization(view, request.params.organization);
      return sharingJson(await updateSharing(view.organizations, id, request.body));
    },
  );
}

function sharingJson({ workspace_sharing: owners }: Organization): WorkspaceSharingSettings {
  return { sharing_globally_disabled: false, sharing_disabled: owners === "none", shareable_workspace_owners: owners };
}
