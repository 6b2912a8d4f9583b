import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { CreateOrganizationRequest, Organization, UpdateOrganizationRequest } from "#sdk/organizations.ts";
import { Response } from "#sdk/response.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { createOrganization, parseNewOrganization } from "./create-organization.ts";
import { deleteOrganization, type OrganizationEnd } from "./delete-organization.ts";
import { organizationJson } from "./json.ts";
import { getOrganizationByReference, listOrganizations } from "./read-organizations.ts";
import { parseOrganizationPatch, updateOrganization } from "./update-organization.ts";

const tags = ["Organizations"];
const params = Type.Object({ organization: Text("name") });

/** @param deps.ends what other features do when an organization is deleted */
export function organizationRoutes(app: App, { ends }: { readonly ends: readonly OrganizationEnd[] }): void {
  app.get(
    "/api/v2/organizations",
    {
      config: { needs: ["organization:read on each organization or less"] },
      schema: {
        operationId: "listOrganizations",
        summary: "List the organizations that the caller may see, by name",
        tags,
        response: { 200: Type.Array(Organization) },
      },
    },
    async (request) => (await listOrganizations(accessOf(request))).map(organizationJson),
  );

  app.post(
    "/api/v2/organizations",
    {
      config: { needs: ["organization:create on a new organization or 403"] },
      schema: {
        operationId: "createOrganization",
        summary: "Create an organization",
        description: "The caller becomes its first member, without a role in it.",
        tags,
        body: CreateOrganizationRequest,
        response: { 201: Organization },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      return reply.code(201).send(organizationJson(await createOrganization(access, parseNewOrganization(request.body))));
    },
  );

  app.get(
    "/api/v2/organizations/:organization",
    {
      config: { needs: [ORGANIZATION_IN_PATH] },
      schema: { operationId: "getOrganization", summary: "Get an organization", tags, params, response: { 200: Organization } },
    },
    async (request) => organizationJson(await getOrganizationByReference(accessOf(request), request.params.organization)),
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
        summary: "Update an organization",
        description:
          "Fields that are left out do not change. Only callers who may give and take away roles can change the default roles of members.",
        tags,
        params,
        body: UpdateOrganizationRequest,
        response: { 200: Organization },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const organization = await getOrganizationByReference(access, request.params.organization);
      const patch = parseOrganizationPatch(organization, request.body);
      return organizationJson(await updateOrganization(access, organization.id, patch));
    },
  );

  app.delete(
    "/api/v2/organizations/:organization",
    {
      config: { needs: [ORGANIZATION_IN_PATH, "organization:delete on {organization} or 403"] },
      schema: {
        operationId: "deleteOrganization",
        summary: "Delete an organization",
        description:
          "Also deletes its memberships and provisioner keys, and cancels its jobs. " +
          "The default organization, and one that has templates or workspaces, cannot be deleted.",
        tags,
        params,
        response: { 200: Response },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const organization = await getOrganizationByReference(access, request.params.organization);
      await deleteOrganization(access, ends, organization.id);
      return { message: "The organization has been deleted." };
    },
  );
}
