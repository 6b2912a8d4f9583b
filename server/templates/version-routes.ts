import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import {
  CreateTemplateVersionRequest,
  TemplateVersion,
  TemplateVersionExternalAuth,
  TemplateVersionParameter,
  TemplateVersionVariable,
} from "#sdk/template-versions.ts";
import { WorkspaceResource } from "#sdk/workspace-resources.ts";
import { NotFoundError } from "../errors.ts";
import type { ExternalAuthProvider } from "../external-auth/provider.ts";
import { findProvider } from "../external-auth/provider.ts";
import { findLink } from "../external-auth/read-links.ts";
import { accessOf, userOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";
import { OWN_ORGANIZATION_IN_PATH } from "../http/needs.ts";
import { TemplateVersionId } from "../ids.ts";
import { organizationInPath } from "../organizations/organization-in-path.ts";
import { cancelJob } from "../provisioning/cancel-job.ts";
import { jobLogRoute } from "../provisioning/job-log-route.ts";
import type { Job } from "../provisioning/job-rows.ts";
import { matchPending } from "../provisioning/match-pending.ts";
import { resourceJson } from "../resources/json.ts";
import { resourcesOfJob } from "../resources/read-resources.ts";
import { createTemplateVersion } from "./create-template-version.ts";
import { TEMPLATE_IMPORT } from "./import-job.ts";
import { getTemplateVersion } from "./read-template-versions.ts";
import { listParameters, listVariables } from "./read-version-details.ts";
import { templateVersionJson, templateVersionParameterJson, templateVersionVariableJson } from "./version-json.ts";

const params = Type.Object({ id: Uuid });

export interface TemplateVersionDeps {
  readonly now: () => Date;
  readonly accessUrl: () => string;
  readonly externalAuthProviders: readonly ExternalAuthProvider[];
}

export function templateVersionRoutes(app: App, { now, accessUrl, externalAuthProviders }: TemplateVersionDeps): void {
  app.post(
    "/api/v2/organizations/:organization/templateversions",
    {
      config: {
        needs: [
          OWN_ORGANIZATION_IN_PATH,
          "template:create on a new template in {organization} or 403, if template_id is left out",
          "template:update on template_id or 403/404, if it is given",
          "file:read on file_id or 404, if it is in no template that the caller may update",
          "provisioner_daemon:read on each daemon or less, if the job waits",
        ],
      },
      schema: {
        operationId: "createTemplateVersion",
        summary: "Start the import of an uploaded archive",
        description: "Follow the logs of the import, then get the version again to learn how it ended.",
        tags: ["Template versions"],
        params: Type.Object({ organization: Text("name") }),
        body: CreateTemplateVersionRequest,
        response: { 201: TemplateVersion, 409: Response },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const organizationId = await organizationInPath(access, request.params.organization);
      const version = await createTemplateVersion(access, organizationId, request.body);
      return reply.code(201).send(templateVersionJson(version, await matchPending(access, version.job, now())));
    },
  );

  app.get(
    "/api/v2/templateversions/:id",
    {
      config: {
        needs: ["template:read on the template of {id} or 404", "provisioner_daemon:read on each daemon or less, if the job waits"],
      },
      schema: {
        operationId: "getTemplateVersion",
        summary: "Get a version",
        tags: ["Template versions"],
        params,
        response: { 200: TemplateVersion },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const version = await getTemplateVersion(access, TemplateVersionId.parse(request.params.id));
      return templateVersionJson(version, await matchPending(access, version.job, now()));
    },
  );

  app.patch(
    "/api/v2/templateversions/:id/cancel",
    {
      config: { needs: ["template:read on the template of {id} or 404", "template:update on the template of {id} or 403"] },
      schema: {
        operationId: "cancelTemplateVersion",
        summary: "Cancel an import",
        tags: ["Template versions"],
        params,
        response: { 200: Response },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { job } = await getTemplateVersion(access, TemplateVersionId.parse(request.params.id));
      await cancelJob(access, [TEMPLATE_IMPORT], job.id);
      return { message: "The import will be canceled." };
    },
  );

  const logs = {
    operationId: "listTemplateVersionLogs",
    summary: "Get an import's logs, or follow them over a WebSocket with `follow`",
    tags: ["Template versions"],
    needs: ["template:read on the template of {id} or 404"],
  } as const;
  jobLogRoute(app, TEMPLATE_IMPORT, { url: "/api/v2/templateversions/:id/logs", ...logs }, async (access, id) => {
    const version = await getTemplateVersion(access, TemplateVersionId.parse(id));
    return version.job.id;
  });

  app.get(
    "/api/v2/templateversions/:id/resources",
    {
      config: { needs: ["template:read on the template of {id} or 404"] },
      schema: {
        operationId: "listTemplateVersionResources",
        summary: "List the resources that starting a workspace would create",
        tags: ["Template versions"],
        params,
        response: { 200: Type.Array(WorkspaceResource) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { job } = await getTemplateVersion(access, TemplateVersionId.parse(request.params.id));
      refuseUnfinished(job, 400);
      return (await resourcesOfJob(access, [TEMPLATE_IMPORT], job.id)).map((resource) => resourceJson(resource, now()));
    },
  );

  app.get(
    "/api/v2/templateversions/:id/rich-parameters",
    {
      config: { needs: ["template:read on the template of {id} or 404"] },
      schema: {
        operationId: "listTemplateVersionParameters",
        summary: "List the parameters that the version asks for",
        tags: ["Template versions"],
        params,
        response: { 200: Type.Array(TemplateVersionParameter) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { id, job } = await getTemplateVersion(access, TemplateVersionId.parse(request.params.id));
      refuseUnfinished(job, 403);
      return (await listParameters(access, id)).map(templateVersionParameterJson);
    },
  );

  app.get(
    "/api/v2/templateversions/:id/variables",
    {
      config: { needs: ["template:read on the template of {id} or 404"] },
      schema: {
        operationId: "listTemplateVersionVariables",
        summary: "List the variables that the version was imported with",
        tags: ["Template versions"],
        params,
        response: { 200: Type.Array(TemplateVersionVariable) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { id, job } = await getTemplateVersion(access, TemplateVersionId.parse(request.params.id));
      refuseUnfinished(job, 403);
      return (await listVariables(access, id)).map(templateVersionVariableJson);
    },
  );

  app.get(
    "/api/v2/templateversions/:id/external-auth",
    {
      config: {
        needs: ["template:read on the template of {id} or 404", "user:read_personal on the caller or 403, if the version names a service"],
      },
      schema: {
        operationId: "listTemplateVersionExternalAuth",
        summary: "List the external services for which the version requires tokens",
        tags: ["Template versions"],
        params,
        response: { 200: Type.Array(TemplateVersionExternalAuth) },
      },
    },
    async (request) => {
      const { access, user } = userOf(request);
      const version = await getTemplateVersion(access, TemplateVersionId.parse(request.params.id));
      return Promise.all(
        version.external_auth_providers.map(async ({ id, optional }) => {
          const provider = findProvider(externalAuthProviders, { id });
          if (provider === undefined) throw new NotFoundError("external auth provider");
          return {
            id,
            type: provider.type,
            display_name: provider.displayName,
            display_icon: provider.displayIcon,
            authenticate_url: `${accessUrl()}/external-auth/${encodeURIComponent(id)}`,
            authenticated: (await findLink(access, user.id, id)) !== undefined,
            ...(optional && { optional }),
          };
        }),
      );
    },
  );
}

/** Details exist only once the import has ended. */
function refuseUnfinished(job: Pick<Job, "completed_at">, status: 400 | 403): void {
  if (job.completed_at === null) throw new HttpError(status, { message: "The template version's import has not finished." });
}
