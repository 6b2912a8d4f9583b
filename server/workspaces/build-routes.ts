import { Type } from "typebox";
import { GivenTime, Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import { CreateWorkspaceBuildRequest, WorkspaceBuild, WorkspaceBuildParameter, WorkspaceBuildTimings } from "#sdk/workspace-builds.ts";
import { WorkspaceResource } from "#sdk/workspace-resources.ts";
import type { Access } from "../access/access.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";
import { USER_IN_PATH } from "../http/needs.ts";
import { PageQuery, pageOf } from "../http/page.ts";
import { WorkspaceBuildId, WorkspaceId } from "../ids.ts";
import { userInPath } from "../people/user-in-path.ts";
import { jobLogRoute } from "../provisioning/job-log-route.ts";
import { matchPending } from "../provisioning/match-pending.ts";
import { resourceJson } from "../resources/json.ts";
import { resourcesOfJob, resourcesOfJobs } from "../resources/read-resources.ts";
import { WORKSPACE_BUILD } from "./build-job.ts";
import { parseNewBuild } from "./build-request-rules.ts";
import type { WorkspaceBuild as StoredBuild } from "./build-rows.ts";
import { cancelBuild } from "./cancel-build.ts";
import { createBuild } from "./create-build.ts";
import { buildJson } from "./json.ts";
import { getBuildTimings } from "./read-build-timings.ts";
import { getBuild, getBuildByNumber, listBuildParameters, listBuilds } from "./read-builds.ts";
import { getWorkspace, getWorkspaceByOwnerAndName } from "./read-workspaces.ts";

const byId = Type.Object({ id: Uuid });
const ofWorkspace = Type.Object({ workspace: Uuid });

export function workspaceBuildRoutes(app: App, { now }: { readonly now: () => Date }): void {
  const withResources = async (access: Access, build: StoredBuild): Promise<WorkspaceBuild> =>
    buildJson(build, await resourcesOfJob(access, [WORKSPACE_BUILD], build.job.id), now(), await matchPending(access, build.job, now()));

  const listQuery = Type.Object({ ...PageQuery, after_id: Type.Optional(Uuid), since: Type.Optional(GivenTime) });
  app.get(
    "/api/v2/workspaces/:workspace/builds",
    {
      config: { needs: ["workspace:read on {workspace} or less"] },
      schema: {
        operationId: "listWorkspaceBuilds",
        summary: "List a workspace's builds, newest first",
        tags: ["Workspace builds"],
        params: ofWorkspace,
        querystring: listQuery,
        response: { 200: Type.Array(WorkspaceBuild) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { after_id: afterId, since } = request.query;
      const found = await listBuilds(access, WorkspaceId.parse(request.params.workspace), {
        ...pageOf(request.query),
        ...(afterId !== undefined && { afterId: WorkspaceBuildId.parse(afterId) }),
      });
      const builds = since === undefined ? found : found.filter((build) => build.created_at >= new Date(since));
      const resources = await resourcesOfJobs(
        access,
        [WORKSPACE_BUILD],
        builds.map((build) => build.job.id),
      );
      return builds.map((build) => buildJson(build, resources.get(build.job.id) ?? [], now()));
    },
  );

  app.post(
    "/api/v2/workspaces/:workspace/builds",
    {
      config: {
        needs: [
          "workspace:read on {workspace} or 404",
          "workspace:start on {workspace} or 403, if transition is start",
          "workspace:stop on {workspace} or 403, if transition is stop",
          "workspace:delete on {workspace} or 403, if transition is delete",
          "template:update on the workspace's template or 403/404, if state or orphan is given",
          "provisioner_daemon:read on each daemon or less, if the job waits",
        ],
      },
      schema: {
        operationId: "createWorkspaceBuild",
        summary: "Start, stop or delete a workspace",
        description:
          "Answers 409 while another build of the workspace is active, and if the server knows that it does not have the workspace's last state: then only a delete with `orphan` is possible, which destroys nothing.",
        tags: ["Workspace builds"],
        params: ofWorkspace,
        body: CreateWorkspaceBuildRequest,
        response: { 201: WorkspaceBuild, 409: Response },
      },
    },
    async (request, reply) => {
      const access = accessOf(request);
      const workspace = await getWorkspace(access, WorkspaceId.parse(request.params.workspace));
      if (workspace.deleted && request.body.transition !== "delete") throw new HttpError(409, { message: "The workspace was deleted." });
      return reply.code(201).send(await withResources(access, await createBuild(access, parseNewBuild(workspace.id, request.body))));
    },
  );

  app.get(
    "/api/v2/users/:user/workspace/:name/builds/:number",
    {
      config: {
        needs: [USER_IN_PATH, "workspace:read on the workspace or 404", "provisioner_daemon:read on each daemon or less, if the job waits"],
      },
      schema: {
        operationId: "getWorkspaceBuildByNumber",
        summary: "Get a build by its workspace and number",
        tags: ["Workspace builds"],
        params: Type.Object({ user: Text("name"), name: Text("name"), number: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }) }),
        response: { 200: WorkspaceBuild },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const owner = await userInPath(request, request.params.user);
      const workspace = await getWorkspaceByOwnerAndName(access, owner.id, request.params.name);
      return withResources(access, await getBuildByNumber(access, workspace.id, request.params.number));
    },
  );

  app.get(
    "/api/v2/workspacebuilds/:id",
    {
      config: {
        needs: ["workspace:read on the workspace of {id} or 404", "provisioner_daemon:read on each daemon or less, if the job waits"],
      },
      schema: {
        operationId: "getWorkspaceBuild",
        summary: "Get a build",
        tags: ["Workspace builds"],
        params: byId,
        response: { 200: WorkspaceBuild },
      },
    },
    async (request) => {
      const access = accessOf(request);
      return withResources(access, await getBuild(access, WorkspaceBuildId.parse(request.params.id)));
    },
  );

  const expectation = Type.Object({ expect_status: Type.Optional(Type.Enum(["running", "pending"])) });
  app.patch(
    "/api/v2/workspacebuilds/:id/cancel",
    {
      config: {
        needs: [
          "workspace:read on the workspace of {id} or 404",
          "workspace:start on the workspace of {id} or 403, if the build is a start",
          "workspace:stop on the workspace of {id} or 403, if the build is a stop",
          "workspace:delete on the workspace of {id} or 403, if the build is a delete",
          "template:update on the workspace's template or 403, if the build has begun and the template does not let its users cancel",
        ],
      },
      schema: {
        operationId: "cancelWorkspaceBuild",
        summary: "Cancel a build",
        tags: ["Workspace builds"],
        params: byId,
        querystring: expectation,
        response: { 200: Response, 412: Response },
      },
    },
    async (request) => {
      const outcome = await cancelBuild(accessOf(request), WorkspaceBuildId.parse(request.params.id), request.query.expect_status);
      switch (outcome) {
        case "canceled":
          return { message: "The build will be canceled." };
        case "status_differs":
          throw new HttpError(412, { message: "The build's job does not have the expected status." });
        case "forbidden_by_template":
          throw new HttpError(403, { message: "The template does not allow its users to cancel a build that has begun." });
      }
    },
  );

  const logs = {
    operationId: "listWorkspaceBuildLogs",
    summary: "Get a build's logs, or follow them over a WebSocket with `follow`",
    tags: ["Workspace builds"],
    needs: ["workspace:read on the workspace of {id} or 404"],
  } as const;
  jobLogRoute(app, WORKSPACE_BUILD, { url: "/api/v2/workspacebuilds/:id/logs", ...logs }, async (access, id) => {
    const build = await getBuild(access, WorkspaceBuildId.parse(id));
    return build.job.id;
  });

  app.get(
    "/api/v2/workspacebuilds/:id/parameters",
    {
      config: {
        needs: [
          "workspace:read on the workspace of {id} or 404",
          "workspace:update on the workspace of {id} or 403, if the caller does not own it with a session",
        ],
      },
      schema: {
        operationId: "listWorkspaceBuildParameters",
        summary: "List the parameters of a build",
        description: "Values that people give often are credentials: reading a workspace is not enough to see them.",
        tags: ["Workspace builds"],
        params: byId,
        response: { 200: Type.Array(WorkspaceBuildParameter) },
      },
    },
    async (request) => {
      return (await listBuildParameters(accessOf(request), WorkspaceBuildId.parse(request.params.id))).map(({ name, value }) => ({
        name,
        value,
      }));
    },
  );

  app.get(
    "/api/v2/workspacebuilds/:id/resources",
    {
      config: { needs: ["workspace:read on the workspace of {id} or 404"] },
      schema: {
        operationId: "listWorkspaceBuildResources",
        summary: "List the resources of a build, with their agents",
        tags: ["Workspace builds"],
        params: byId,
        response: { 200: Type.Array(WorkspaceResource) },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const build = await getBuild(access, WorkspaceBuildId.parse(request.params.id));
      return (await resourcesOfJob(access, [WORKSPACE_BUILD], build.job.id)).map((resource) => resourceJson(resource, now()));
    },
  );

  app.get(
    "/api/v2/workspacebuilds/:id/timings",
    {
      config: { needs: ["workspace:read on the workspace of {id} or 404"] },
      schema: {
        operationId: "getWorkspaceBuildTimings",
        summary: "Get how long each step of a build took",
        description: "Terraform's steps, the scripts of the agents, and the time until each agent first connected.",
        tags: ["Workspace builds"],
        params: byId,
        response: { 200: WorkspaceBuildTimings },
      },
    },
    (request) => getBuildTimings(accessOf(request), WorkspaceBuildId.parse(request.params.id)),
  );
}
