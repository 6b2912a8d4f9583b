import { Type } from "typebox";
import { Response } from "#sdk/response.ts";
import { DateTime, Uuid } from "#sdk/scalars.ts";
import { CreateWorkspaceBuildRequest, WorkspaceBuild, WorkspaceBuildParameter } from "#sdk/workspace-builds.ts";
import { WorkspaceResource } from "#sdk/workspace-resources.ts";
import { WorkspaceBuildId, WorkspaceId } from "../../ids.ts";
import type { WorkspaceBuild as StoredBuild } from "../../store/builds.ts";
import type { StoreView } from "../../store/store.ts";
import { cancelBuild } from "../../workspaces/cancel-build.ts";
import { createBuild } from "../../workspaces/create-build.ts";
import { userOf } from "../authenticate.ts";
import type { App } from "../fastify-app.ts";
import { HttpError } from "../http-error.ts";
import { buildJson, resourceJson } from "../json/workspace.ts";
import type { RouteDeps } from "../route-deps.ts";
import { jobLogRoute } from "./job-logs.ts";
import { matchPending } from "./match-pending.ts";
import { PageQuery, pageOf } from "./page.ts";
import { resolveUser } from "./path-identifiers.ts";

const byId = Type.Object({ id: Uuid });
const ofWorkspace = Type.Object({ workspace: Uuid });

export function workspaceBuildRoutes(app: App, deps: RouteDeps): void {
  const { store, now } = deps;
  const withResources = async (view: StoreView, build: StoredBuild): Promise<WorkspaceBuild> =>
    buildJson(build, await view.resources.ofJob(build.job.id), now(), await matchPending(view, build.job, now()));

  const listQuery = Type.Object({ ...PageQuery, after_id: Type.Optional(Uuid), since: Type.Optional(DateTime) });
  app.get(
    "/api/v2/workspaces/:workspace/builds",
    { schema: { params: ofWorkspace, querystring: listQuery, response: { 200: Type.Array(WorkspaceBuild) } } },
    async (request) => {
      const view = store.as(userOf(request).subject);
      const { after_id: afterId, since } = request.query;
      const found = await view.builds.list(WorkspaceId.parse(request.params.workspace), {
        ...pageOf(request.query),
        ...(afterId !== undefined && { afterId: WorkspaceBuildId.parse(afterId) }),
      });
      const builds = since === undefined ? found : found.filter((build) => build.created_at >= new Date(since));
      const resources = await view.resources.ofJobs(builds.map((build) => build.job.id));
      return builds.map((build) => buildJson(build, resources.get(build.job.id) ?? [], now()));
    },
  );

  app.post(
    "/api/v2/workspaces/:workspace/builds",
    { schema: { params: ofWorkspace, body: CreateWorkspaceBuildRequest, response: { 201: WorkspaceBuild } } },
    async (request, reply) => {
      const view = store.as(userOf(request).subject);
      const workspace = await view.workspaces.get(WorkspaceId.parse(request.params.workspace));
      if (workspace.deleted && request.body.transition !== "delete") throw new HttpError(409, { message: "The workspace was deleted." });
      return reply.code(201).send(await withResources(view, await createBuild(view, workspace.id, request.body)));
    },
  );

  app.get(
    "/api/v2/users/:user/workspace/:name/builds/:number",
    {
      schema: {
        params: Type.Object({ user: Type.String(), name: Type.String(), number: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }) }),
        response: { 200: WorkspaceBuild },
      },
    },
    async (request) => {
      const view = store.as(userOf(request).subject);
      const owner = await resolveUser(view, request, request.params.user);
      const workspace = await view.workspaces.getByOwnerAndName(owner.id, request.params.name);
      return withResources(view, await view.builds.getByNumber(workspace.id, request.params.number));
    },
  );

  app.get("/api/v2/workspacebuilds/:id", { schema: { params: byId, response: { 200: WorkspaceBuild } } }, async (request) => {
    const view = store.as(userOf(request).subject);
    return withResources(view, await view.builds.get(WorkspaceBuildId.parse(request.params.id)));
  });

  const expectation = Type.Object({ expect_status: Type.Optional(Type.Enum(["running", "pending"])) });
  app.patch(
    "/api/v2/workspacebuilds/:id/cancel",
    { schema: { params: byId, querystring: expectation, response: { 200: Response } } },
    async (request) => {
      const { subject } = userOf(request);
      const outcome = await cancelBuild(
        { view: store.as(subject), subject },
        WorkspaceBuildId.parse(request.params.id),
        request.query.expect_status,
      );
      switch (outcome) {
        case "canceled":
          return { message: "The build will be canceled." };
        case "status_differs":
          throw new HttpError(412, { message: "The build's job has another status than expected." });
        case "forbidden_by_template":
          throw new HttpError(403, { message: "The template does not let its users cancel a build that has begun." });
      }
    },
  );

  jobLogRoute(app, "/api/v2/workspacebuilds/:id/logs", deps, async (view, id) => {
    const build = await view.builds.get(WorkspaceBuildId.parse(id));
    return build.job.id;
  });

  app.get(
    "/api/v2/workspacebuilds/:id/parameters",
    { schema: { params: byId, response: { 200: Type.Array(WorkspaceBuildParameter) } } },
    async (request) => {
      const { builds } = store.as(userOf(request).subject);
      return (await builds.parameters(WorkspaceBuildId.parse(request.params.id))).map(({ name, value }) => ({ name, value }));
    },
  );

  app.get(
    "/api/v2/workspacebuilds/:id/resources",
    { schema: { params: byId, response: { 200: Type.Array(WorkspaceResource) } } },
    async (request) => {
      const view = store.as(userOf(request).subject);
      const build = await view.builds.get(WorkspaceBuildId.parse(request.params.id));
      return (await view.resources.ofJob(build.job.id)).map((resource) => resourceJson(resource, now()));
    },
  );

  app.get("/api/v2/workspacebuilds/:id/state", { schema: { params: byId } }, async (request, reply) => {
    const state = await store.as(userOf(request).subject).builds.state(WorkspaceBuildId.parse(request.params.id));
    return reply.type("application/json; charset=utf-8").send(Buffer.from(state.buffer, state.byteOffset, state.byteLength));
  });
}
