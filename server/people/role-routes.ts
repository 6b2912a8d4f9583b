import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { AssignableRoles, UpdateRoles, UserRoles } from "#sdk/roles.ts";
import { User } from "#sdk/users.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { assignableRoleJson } from "../roles/json.ts";
import { listSiteRoles } from "../roles/read-roles.ts";
import { userJson } from "./json.ts";
import { getUserRoles } from "./read-user-roles.ts";
import { setUserRoles } from "./set-user-roles.ts";
import { userInPath } from "./user-in-path.ts";

const tags = ["Users"];
const params = Type.Object({ user: Text("name") });

export function userRoleRoutes(app: App): void {
  app.get(
    "/api/v2/users/roles",
    {
      config: { needs: ["assign_role:read on the site's roles or 403"] },
      schema: {
        operationId: "listSiteRoles",
        summary: "List the site roles, and which of them the caller may give",
        tags,
        response: { 200: Type.Array(AssignableRoles) },
      },
    },
    async (request) => (await listSiteRoles(accessOf(request))).map(assignableRoleJson),
  );

  app.get(
    "/api/v2/users/:user/roles",
    {
      config: { needs: [USER_IN_PATH, "user:read_personal on {user} or 404", "organization_member:read on each membership or less"] },
      schema: { operationId: "getUserRoles", summary: "Get the roles that a user was given", tags, params, response: { 200: UserRoles } },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      const { site, organizations } = await getUserRoles(access, user.id);
      return {
        roles: [...site],
        organization_roles: Object.fromEntries(organizations.map(({ organizationId, roles }) => [organizationId, [...roles]])),
      };
    },
  );

  app.put(
    "/api/v2/users/:user/roles",
    {
      config: {
        needs: [
          USER_IN_PATH,
          "user:read on {user} or 404",
          "assign_role:assign on the site's roles or 403, if roles are added",
          "assign_role:unassign on the site's roles or 403, if roles are taken away",
        ],
      },
      schema: {
        operationId: "updateUserRoles",
        summary: "Replace a user's site roles",
        description:
          "Callers cannot change their own roles, nor add or remove roles that they may not give or take away. " +
          "The last owner keeps that role.",
        tags,
        params,
        body: UpdateRoles,
        response: { 200: User },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const user = await userInPath(request, request.params.user);
      return userJson(await setUserRoles(access, user.id, request.body.roles ?? []));
    },
  );
}
