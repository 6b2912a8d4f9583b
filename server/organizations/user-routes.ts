import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { Organization } from "#sdk/organizations.ts";
import { NotFoundError } from "../errors.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { userInPath } from "../people/user-in-path.ts";
import { organizationJson } from "./json.ts";
import { listOrganizationsOfUser } from "./read-organizations.ts";

const tags = ["Users"];

export function userOrganizationRoutes(app: App): void {
  app.get(
    "/api/v2/users/:user/organizations",
    {
      config: { needs: [USER_IN_PATH, "organization:read on each organization or less"] },
      schema: {
        operationId: "listUserOrganizations",
        summary: "List the organizations that a user is a member of",
        tags,
        params: Type.Object({ user: Text("name") }),
        response: { 200: Type.Array(Organization) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return (await listOrganizationsOfUser(access, user.id)).map(organizationJson);
    },
  );

  app.get(
    "/api/v2/users/:user/organizations/:organization",
    {
      config: { needs: [USER_IN_PATH, "organization:read on {organization} or 404"] },
      schema: {
        operationId: "getUserOrganization",
        summary: "Get an organization that a user is a member of, by name",
        tags,
        params: Type.Object({ user: Text("name"), organization: Text("name") }),
        response: { 200: Organization },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      const name = request.params.organization.toLowerCase();
      const found = (await listOrganizationsOfUser(access, user.id)).find((organization) => organization.name.toLowerCase() === name);
      if (found === undefined) throw new NotFoundError("organization");
      return organizationJson(found);
    },
  );
}
