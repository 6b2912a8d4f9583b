import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { OrganizationMember, OrganizationMemberWithUserData, PaginatedMembersResponse } from "#sdk/organizations.ts";
import { AssignableRoles, UpdateRoles } from "#sdk/roles.ts";
import { MinimalUser } from "#sdk/users.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { ORGANIZATION_IN_PATH, USER_IN_PATH } from "../http/needs.ts";
import { PageQuery, pageOf } from "../http/page.ts";
import { minimalUserJson } from "../people/json.ts";
import { userInPath } from "../people/user-in-path.ts";
import { assignableRoleJson } from "../roles/json.ts";
import { listOrganizationRoles } from "../roles/read-roles.ts";
import { addMember } from "./add-member.ts";
import { memberJson, memberWithUserJson } from "./member-json.ts";
import { getMember, listMembers, listPossibleOwners } from "./read-members.ts";
import { getOrganizationByReference } from "./read-organizations.ts";
import { removeMember } from "./remove-member.ts";
import { parseMemberSearch } from "./search-members.ts";
import { setMemberRoles } from "./set-member-roles.ts";

const tags = ["Organizations"];
const byOrganization = Type.Object({ organization: Text("name") });
const byMember = Type.Object({ organization: Text("name"), user: Text("name") });
const search = { q: Type.Optional(Text("query")) };

export function organizationMemberRoutes(app: App): void {
  app.get(
    "/api/v2/organizations/:organization/members",
    {
      config: { needs: [ORGANIZATION_IN_PATH, "organization_member:read on each member or less"] },
      schema: {
        operationId: "listMembers",
        summary: "List an organization's members, by username",
        tags,
        params: byOrganization,
        querystring: Type.Object(search),
        response: { 200: Type.Array(OrganizationMemberWithUserData) },
      },
    },
    async (request) => {
      const filter = parseMemberSearch(request.query.q ?? "");
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      return (await listMembers(access, id, filter)).members.map(memberWithUserJson);
    },
  );

  app.get(
    "/api/v2/organizations/:organization/paginated-members",
    {
      config: { needs: [ORGANIZATION_IN_PATH, "organization_member:read on each member or less"] },
      schema: {
        operationId: "listMembersInPages",
        summary: "List an organization's members in pages, with their total number",
        tags,
        params: byOrganization,
        querystring: Type.Object({ ...search, ...PageQuery }),
        response: { 200: PaginatedMembersResponse },
      },
    },
    async (request) => {
      const filter = { ...parseMemberSearch(request.query.q ?? ""), ...pageOf(request.query) };
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      const { members, count } = await listMembers(access, id, filter);
      return { members: members.map(memberWithUserJson), count };
    },
  );

  app.get(
    "/api/v2/organizations/:organization/members/roles",
    {
      config: { needs: [ORGANIZATION_IN_PATH, "assign_org_role:read on the roles of {organization} or 403"] },
      schema: {
        operationId: "listOrganizationRoles",
        summary: "List the roles of an organization, and which of them the caller may give",
        tags,
        params: byOrganization,
        response: { 200: Type.Array(AssignableRoles) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      return (await listOrganizationRoles(access, id)).map(assignableRoleJson);
    },
  );

  app.post(
    "/api/v2/organizations/:organization/members/:user",
    {
      config: {
        needs: [
          ORGANIZATION_IN_PATH,
          USER_IN_PATH,
          "organization_member:create on a new member of {organization} or 403",
          "assign_org_role:assign on the roles of {organization} or 403",
        ],
      },
      schema: {
        operationId: "addMember",
        summary: "Add a user to an organization",
        tags,
        params: byMember,
        response: { 200: OrganizationMember },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      const user = await userInPath(request, request.params.user);
      return memberJson(await addMember(access, id, user.id));
    },
  );

  app.get(
    "/api/v2/organizations/:organization/members/:user",
    {
      config: { needs: [ORGANIZATION_IN_PATH, USER_IN_PATH, "organization_member:read on {user} in {organization} or 404"] },
      schema: {
        operationId: "getMember",
        summary: "Get a member of an organization",
        tags,
        params: byMember,
        response: { 200: OrganizationMemberWithUserData },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      const user = await userInPath(request, request.params.user);
      return memberWithUserJson(await getMember(access, id, user.id));
    },
  );

  app.delete(
    "/api/v2/organizations/:organization/members/:user",
    {
      config: {
        needs: [
          ORGANIZATION_IN_PATH,
          USER_IN_PATH,
          "organization_member:delete on {user} in {organization} or 403/404",
          "assign_org_role:unassign on the roles of {organization} or 403, if the member has roles",
        ],
      },
      schema: {
        operationId: "removeMember",
        summary: "Remove a user from an organization",
        description: "Callers cannot remove themselves, nor a member who owns workspaces in the organization.",
        tags,
        params: byMember,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      const user = await userInPath(request, request.params.user);
      await removeMember(access, id, user.id);
      return reply.code(204).send(null);
    },
  );

  app.put(
    "/api/v2/organizations/:organization/members/:user/roles",
    {
      config: {
        needs: [
          ORGANIZATION_IN_PATH,
          USER_IN_PATH,
          "organization_member:read on {user} in {organization} or 404",
          "assign_org_role:assign on the roles of {organization} or 403, if roles are added",
          "assign_org_role:unassign on the roles of {organization} or 403, if roles are taken away",
        ],
      },
      schema: {
        operationId: "updateMemberRoles",
        summary: "Replace a member's roles in an organization",
        description: "Callers cannot change their own roles, nor add or remove roles that they may not give or take away.",
        tags,
        params: byMember,
        body: UpdateRoles,
        response: { 200: OrganizationMember },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      const user = await userInPath(request, request.params.user);
      return memberJson(await setMemberRoles(access, id, user.id, request.body.roles ?? []));
    },
  );

  app.get(
    "/api/v2/organizations/:organization/members/:user/workspaces/available-users",
    {
      config: {
        needs: [
          ORGANIZATION_IN_PATH,
          "organization_member:read on each member or less",
          "workspace:create on a workspace of each member or less",
        ],
      },
      schema: {
        operationId: "listPossibleWorkspaceOwners",
        summary: "List the members for whom the caller may create a workspace",
        tags,
        params: byMember,
        querystring: Type.Object({ ...search, ...PageQuery }),
        response: { 200: Type.Array(MinimalUser) },
      },
    },
    async (request) => {
      const filter = { ...parseMemberSearch(request.query.q ?? ""), ...pageOf(request.query) };
      const access = accessOf(request);
      const { id } = await getOrganizationByReference(access, request.params.organization);
      const members = await listPossibleOwners(access, id, filter);
      return members.map(({ user_id, username, name, avatar_url }) =>
        minimalUserJson({ id: user_id, username, name, avatarUrl: avatar_url }),
      );
    },
  );
}
