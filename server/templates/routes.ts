import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import { TemplateVersion } from "#sdk/template-versions.ts";
import { CreateTemplateRequest, Template, UpdateActiveTemplateVersion } from "#sdk/templates.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";
import { OWN_ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { PageQuery, pageOf } from "../http/page.ts";
import { TemplateId, TemplateVersionId } from "../ids.ts";
import { organizationInPath } from "../organizations/organization-in-path.ts";
import { activateVersion } from "./activate-version.ts";
import { createTemplate } from "./create-template.ts";
import { deleteTemplate } from "./delete-template.ts";
import { templateJson } from "./json.ts";
import { getTemplateVersionByName, listTemplateVersions } from "./read-template-versions.ts";
import { getTemplate, getTemplateByName, listTemplates } from "./read-templates.ts";
import { parseTemplateSearch } from "./search-templates.ts";
import { templateVersionJson } from "./version-json.ts";

const byId = Type.Object({ template: Uuid });
const byOrganization = Type.Object({ organization: Text("name") });
const search = Type.Object({ q: Type.Optional(Text("query")) });

export function templateRoutes(app: App): void {
  app.get(
    "/api/v2/templates",
    {
      config: { needs: ["template:read on each template or less"] },
      schema: {
        operationId: "listTemplates",
        summary: "List the templates that the caller may see",
        tags: ["Templates"],
        querystring: search,
        response: { 200: Type.Array(Template) },
      },
    },
    async (request) => {
      const { matches } = parseTemplateSearch(request.query.q ?? "");
      const templates = await listTemplates(accessOf(request));
      return templates.map(templateJson).filter(matches);
    },
  );

  app.get(
    "/api/v2/organizations/:organization/templates",
    {
      config: { needs: [OWN_ORGANIZATION_IN_PATH, "template:read on each template or less"], ignores: ["deprecated"] },
      schema: {
        operationId: "listOrganizationTemplates",
        summary: "List an organization's templates",
        tags: ["Templates"],
        params: byOrganization,
        querystring: search,
        response: { 200: Type.Array(Template) },
      },
    },
    async (request) => {
      const { matches } = parseTemplateSearch(request.query.q ?? "");
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      return (await listTemplates(access, { organizationId })).map(templateJson).filter(matches);
    },
  );

  app.post(
    "/api/v2/organizations/:organization/templates",
    {
      config: {
        needs: [
          OWN_ORGANIZATION_IN_PATH,
          "template:read on template_version_id or 404",
          "template:create on a new template in {organization} or 403",
        ],
      },
      schema: {
        operationId: "createTemplate",
        summary: "Create a template from an imported version",
        tags: ["Templates"],
        params: byOrganization,
        body: CreateTemplateRequest,
        response: { 201: Template, 409: Response },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      return reply.code(201).send(templateJson(await createTemplate(access, organizationId, request.body)));
    },
  );

  const named = Type.Object({ organization: Text("name"), name: Text("name") });
  app.get(
    "/api/v2/organizations/:organization/templates/:name",
    {
      config: { needs: [OWN_ORGANIZATION_IN_PATH, "template:read on the template or 404"] },
      schema: {
        operationId: "getTemplateByName",
        summary: "Get a template by its name",
        tags: ["Templates"],
        params: named,
        response: { 200: Template },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      return templateJson(await getTemplateByName(access, organizationId, request.params.name));
    },
  );

  const versionNamed = Type.Object({ organization: Text("name"), name: Text("name"), version: Text("name") });
  app.get(
    "/api/v2/organizations/:organization/templates/:name/versions/:version",
    {
      config: { needs: [OWN_ORGANIZATION_IN_PATH, "template:read on the template or 404"] },
      schema: {
        operationId: "getTemplateVersionByNames",
        summary: "Get a version by its name and the name of its template",
        tags: ["Template versions"],
        params: versionNamed,
        response: { 200: TemplateVersion },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const template = await getTemplateByName(access, organizationId, request.params.name);
      return templateVersionJson(await getTemplateVersionByName(access, template.id, request.params.version));
    },
  );

  app.get(
    "/api/v2/templates/:template",
    {
      config: { needs: ["template:read on {template} or 404"] },
      schema: { operationId: "getTemplate", summary: "Get a template", tags: ["Templates"], params: byId, response: { 200: Template } },
    },
    async (request) => templateJson(await getTemplate(accessOf(request), TemplateId.parse(request.params.template))),
  );

  app.delete(
    "/api/v2/templates/:template",
    {
      config: { needs: ["template:delete on {template} or 403/404"] },
      schema: {
        operationId: "deleteTemplate",
        summary: "Delete a template that no workspace uses",
        description: "Refused with 400 while workspaces use it.",
        tags: ["Templates"],
        params: byId,
        response: { 200: Response },
      },
    },
    async (request) => {
      await deleteTemplate(accessOf(request), TemplateId.parse(request.params.template));
      return { message: "The template has been deleted." };
    },
  );

  const versions = Type.Object({
    ...PageQuery,
    after_id: Type.Optional(Uuid),
    include_archived: Type.Optional(Type.Boolean()),
  });
  app.get(
    "/api/v2/templates/:template/versions",
    {
      config: { needs: ["template:read on {template} or 404"] },
      schema: {
        operationId: "listTemplateVersions",
        summary: "List a template's versions",
        tags: ["Template versions"],
        params: byId,
        querystring: versions,
        response: { 200: Type.Array(TemplateVersion) },
      },
    },
    async (request) => {
      const { after_id: afterId, include_archived: includeArchived = false } = request.query;
      const access = accessOf(request);
      const template = await getTemplate(access, TemplateId.parse(request.params.template));
      const found = await listTemplateVersions(access, template.id, {
        ...pageOf(request.query),
        ...(afterId !== undefined && { afterId: TemplateVersionId.parse(afterId) }),
        includeArchived,
      });
      return found.map((version) => templateVersionJson(version));
    },
  );

  app.patch(
    "/api/v2/templates/:template/versions",
    {
      config: {
        needs: ["template:read on {template} or 404", "template:read on the template of id or 404", "template:update on {template} or 403"],
      },
      schema: {
        operationId: "setActiveTemplateVersion",
        summary: "Make a version the one that new workspaces use",
        description: "Existing workspaces keep their version and report that they are outdated.",
        tags: ["Template versions"],
        params: byId,
        body: UpdateActiveTemplateVersion,
        response: { 200: Response },
      },
    },
    async (request) => {
      const ids = { template: TemplateId.parse(request.params.template), version: TemplateVersionId.parse(request.body.id) };
      const outcome = await activateVersion(accessOf(request), ids.template, ids.version);
      if (outcome === "import_unfinished") throw new HttpError(403, { message: "The version's import has not succeeded." });
      return { message: "New workspaces now use this version." };
    },
  );

  const oneVersion = Type.Object({ template: Uuid, version: Text("name") });
  app.get(
    "/api/v2/templates/:template/versions/:version",
    {
      config: { needs: ["template:read on {template} or 404"] },
      schema: {
        operationId: "getTemplateVersionByName",
        summary: "Get a version by its name",
        tags: ["Template versions"],
        params: oneVersion,
        response: { 200: TemplateVersion },
      },
    },
    async (request) => {
      return templateVersionJson(
        await getTemplateVersionByName(accessOf(request), TemplateId.parse(request.params.template), request.params.version),
      );
    },
  );
}
