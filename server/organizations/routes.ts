import { Type } from "typebox";
import { CreateOrganizationRequest, Organization, UpdateOrganizationRequest } from "#sdk/organizations.ts";
import { Response } from "#sdk/response.ts";
import { userOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { resolveOrganization } from "../people/path-identifiers.ts";
import type { RouteDeps } from "../route-deps.ts";
import { createOrganization, updateOrganization } from "./change-organization.ts";
import { organizationJson } from "./json.ts";

const tags = ["Organizations"];
const params = Type.Object({ organization: Type.String() });

export function organizationRoutes(app: App, { store }: RouteDeps): void {
  app.get(
    "/api/v2/organizations",
    {
      config: { needs: ["organization:read on each organization or less"] },
      schema: {
        operationId: "listOrganizations",
        summary: "Lists the organizations that the caller may see, by name",
        tags,
        response: { 200: Type.Array(Organization) },
      },
    },
    async (request) => (await store.as(userOf(request).subject).organizations.list()).map(organizationJson),
  );

  app.post(
    "/api/v2/organizations",
    {
      config: { needs: ["organization:create on a new organization or 403"] },
      schema: {
        operationId: "createOrganization",
        summary: "Creates an organization",
        description: "The caller becomes its first member, without a role in it.",
        tags,
        body: CreateOrganizationRequest,
        response: { 201: Organization },
      },
    },
    async (request, reply) => {
      const view = store.as(userOf(request).subject);
      return reply.code(201).send(organizationJson(await createOrganization(view.organizations, request.body)));
    },
  );

  app.get(
    "/api/v2/organizations/:organization",
    {
      config: { needs: [ORGANIZATION_IN_PATH] },
      schema: { operationId: "getOrganization", summary: "An organization", tags, params, response: { 200: Organization } },
    },
    async (request) => organizationJson(await resolveOrganization(store.as(userOf(request).subject), request.params.organization)),
  );

  app.patch(
    "/api/v2/organizations/:organization",
    {
      config: {
        needs: [
          ORGANIZATION_IN_PATH,
          "organization:update on {organization} or 403",
          "assign_org_role:assign on the roles of {organization} or 403, if default_org_member_roles adds roles",
          "assign_org_role:unassign on the roles of {organization} or 403, if default_org_member_roles takes roles away",
        ],
      },
      schema: {
        operationId: "updateOrganization",
        summary: "Changes an organization",
        description: "What is left out stays as it is. The roles that every member has are changed by those who may give and take them.",
        tags,
        params,
        body: UpdateOrganizationRequest,
        response: { 200: Organization },
      },
    },
    async (request) => {
      const view = store.as(userOf(request).subject);
      const organization = await resolveOrganization(view, request.params.organization);
      return organizationJson(await updateOrganization(view.organizations, organization, request.body));
    },
  );

  app.delete(
    "/api/v2/organizations/:organization",
    {
      config: { needs: [ORGANIZATION_IN_PATH, "organization:delete on {organization} or 403"] },
      schema: {
        operationId: "deleteOrganization",
        summary: "Deletes an organization",
        description: "Its memberships and provisioner keys end. Refused for the default one, and while it holds templates or workspaces.",
        tags,
        params,
        response: { 200: Response },
      },
    },
    async (request) => {
      const view = store.as(userOf(request).subject);
      const organization = await resolveOrganization(view, request.params.organization);
      await view.organizations.delete(organization.id);
      return { message: "The organization has been deleted." };
    },
  );
}
