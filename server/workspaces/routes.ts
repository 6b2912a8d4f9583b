import { Type } from "typebox";
import { Text } from "#sdk/limits.ts";
import { Response } from "#sdk/response.ts";
import { Uuid } from "#sdk/scalars.ts";
import { CreateWorkspaceRequest, Workspace, WorkspacesResponse } from "#sdk/workspaces.ts";
import type { Access } from "../access/access.ts";
import { accessOf } from "../http/authenticate.ts";
import type { App } from "../http/fastify-app.ts";
import { HttpError } from "../http/http-error.ts";
import { type Need, USER_IN_PATH } from "../http/needs.ts";
import { PageQuery, pageOf } from "../http/page.ts";
import { WorkspaceId } from "../ids.ts";
import { userInPath } from "../people/user-in-path.ts";
import { matchPending } from "../provisioning/match-pending.ts";
import { resourcesOfJob, resourcesOfJobs } from "../resources/read-resources.ts";
import { WORKSPACE_BUILD } from "./build-job.ts";
import { createWorkspace, parseNewWorkspace } from "./create-workspace.ts";
import { buildJson, workspaceJson } from "./json.ts";
import { getLatestBuild, latestBuildsOf } from "./read-builds.ts";
import { getWorkspace, getWorkspaceByOwnerAndName, listWorkspaces } from "./read-workspaces.ts";
import type { Workspace as StoredWorkspace } from "./rows.ts";
import { parseWorkspaceSearch } from "./search-workspaces.ts";

export function workspaceRoutes(app: App, { now }: { readonly now: () => Date }): void {
  const search = Type.Object({ q: Type.Optional(Text("query")), ...PageQuery });
  app.get(
    "/api/v2/workspaces",
    {
      config: {
        needs: ["user:read on the owner that q names or 400, if that is not me", "workspace:read on each workspace or less"],
      },
      schema: {
        operationId: "listWorkspaces",
        summary: "List the workspaces that the caller may see",
        tags: ["Workspaces"],
        querystring: search,
        response: { 200: WorkspacesResponse },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const { owner, name, exactName, matches, needsMatching } = parseWorkspaceSearch(request.query.q ?? "");
      const page = pageOf(request.query);
      const filter = {
        ...(owner !== undefined && { ownerId: (await userInPath(request, owner)).id }),
        ...(name !== undefined && { name }),
        ...(exactName !== undefined && { exactName }),
      };
      if (!needsMatching) {
        const { workspaces, count } = await listWorkspaces(access, { ...filter, ...page });
        return { workspaces: await withBuilds(access, workspaces, now()), count };
      }
      const { workspaces } = await listWorkspaces(access, filter);
      const found = (await withBuilds(access, workspaces, now())).filter(matches);
      return { workspaces: found.slice(page.offset, page.limit && page.offset + page.limit), count: found.length };
    },
  );

  const schema = {
    operationId: "createWorkspace",
    summary: "Create a workspace and start it",
    tags: ["Workspaces"],
    params: Type.Object({ user: Text("name") }),
    body: CreateWorkspaceRequest,
    response: { 201: Workspace, 409: Response },
  };
  const needs: readonly Need[] = [
    USER_IN_PATH,
    "template:read on the template of template_version_id or 404, if it is given",
    "template:use on the template or 403/404",
    "workspace:create on a new workspace of {user} or 403",
    "workspace:start on the new workspace or 403/404",
    "provisioner_daemon:read on each daemon or less, if the job waits",
  ];
  app.post("/api/v2/users/:user/workspaces", { schema, config: { needs } }, async (request, reply) => {
    const access = accessOf(request);
    const owner = await userInPath(request, request.params.user);
    const { workspace, build } = await createWorkspace(access, await parseNewWorkspace(access, owner.id, request.body));
    return reply.code(201).send(workspaceJson(workspace, buildJson(build, [], now(), await matchPending(access, build.job, now()))));
  });

  const includeDeleted = Type.Object({ include_deleted: Type.Optional(Type.Boolean()) });
  app.get(
    "/api/v2/workspaces/:workspace",
    {
      config: { needs: ["workspace:read on {workspace} or 404"] },
      schema: {
        operationId: "getWorkspace",
        summary: "Get a workspace with its latest build",
        description: "A deleted workspace is returned only with `include_deleted`; otherwise the answer is 410.",
        tags: ["Workspaces"],
        params: Type.Object({ workspace: Uuid }),
        querystring: includeDeleted,
        response: { 200: Workspace, 410: Response },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const workspace = await getWorkspace(access, WorkspaceId.parse(request.params.workspace));
      if (workspace.deleted && !request.query.include_deleted)
        throw new HttpError(410, { message: "The workspace was deleted. Use include_deleted=true to see what is kept of it." });
      return withBuild(access, workspace, now());
    },
  );

  app.get(
    "/api/v2/users/:user/workspace/:name",
    {
      config: { needs: [USER_IN_PATH, "workspace:read on the workspace or 404"] },
      schema: {
        operationId: "getWorkspaceByName",
        summary: "Get a workspace by its owner and name",
        tags: ["Workspaces"],
        params: Type.Object({ user: Text("name"), name: Text("name") }),
        querystring: includeDeleted,
        response: { 200: Workspace },
      },
    },
    async (request) => {
      const access = accessOf(request);
      const owner = await userInPath(request, request.params.user);
      const workspace = await getWorkspaceByOwnerAndName(access, owner.id, request.params.name, request.query.include_deleted ?? false);
      return withBuild(access, workspace, now());
    },
  );
}

async function withBuild(access: Access, workspace: StoredWorkspace, now: Date): Promise<Workspace> {
  const build = await getLatestBuild(access, workspace.id);
  return workspaceJson(workspace, buildJson(build, await resourcesOfJob(access, [WORKSPACE_BUILD], build.job.id), now));
}

async function withBuilds(access: Access, workspaces: readonly StoredWorkspace[], now: Date): Promise<Workspace[]> {
  const builds = await latestBuildsOf(
    access,
    workspaces.map((workspace) => workspace.id),
  );
  const resources = await resourcesOfJobs(
    access,
    [WORKSPACE_BUILD],
    [...builds.values()].map((build) => build.job.id),
  );
  return workspaces.flatMap((workspace) => {
    // A workspace that was deleted between the two queries has no build to show.
    const build = builds.get(workspace.id);
    return build === undefined ? [] : [workspaceJson(workspace, buildJson(build, resources.get(build.job.id) ?? [], now))];
  });
}
