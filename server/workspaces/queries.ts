import { ruled } from "../access/ruled.ts";
import { createBuilds, type WorkspaceBuilds } from "./builds.ts";
import { createWorkspaces, type Workspaces } from "./workspaces.ts";

export const enqueueBuild = ruled("builds.create", (context, ...args: Parameters<WorkspaceBuilds["create"]>) =>
  createBuilds(context).create(...args),
);
export const getBuild = ruled("builds.get", (context, ...args: Parameters<WorkspaceBuilds["get"]>) => createBuilds(context).get(...args));
export const getBuildByNumber = ruled("builds.getByNumber", (context, ...args: Parameters<WorkspaceBuilds["getByNumber"]>) =>
  createBuilds(context).getByNumber(...args),
);
export const getLatestBuild = ruled("builds.getLatest", (context, ...args: Parameters<WorkspaceBuilds["getLatest"]>) =>
  createBuilds(context).getLatest(...args),
);
export const latestBuildsOf = ruled("builds.latestOf", (context, ...args: Parameters<WorkspaceBuilds["latestOf"]>) =>
  createBuilds(context).latestOf(...args),
);
export const listBuilds = ruled("builds.list", (context, ...args: Parameters<WorkspaceBuilds["list"]>) =>
  createBuilds(context).list(...args),
);
export const listBuildParameters = ruled("builds.parameters", (context, ...args: Parameters<WorkspaceBuilds["parameters"]>) =>
  createBuilds(context).parameters(...args),
);
export const getBuildState = ruled("builds.state", (context, ...args: Parameters<WorkspaceBuilds["state"]>) =>
  createBuilds(context).state(...args),
);
export const insertWorkspace = ruled("workspaces.create", (context, ...args: Parameters<Workspaces["create"]>) =>
  createWorkspaces(context).create(...args),
);
export const getWorkspace = ruled("workspaces.get", (context, ...args: Parameters<Workspaces["get"]>) =>
  createWorkspaces(context).get(...args),
);
export const getWorkspaceByOwnerAndName = ruled(
  "workspaces.getByOwnerAndName",
  (context, ...args: Parameters<Workspaces["getByOwnerAndName"]>) => createWorkspaces(context).getByOwnerAndName(...args),
);
export const listWorkspaces = ruled("workspaces.list", (context, ...args: Parameters<Workspaces["list"]>) =>
  createWorkspaces(context).list(...args),
);
export const updateWorkspace = ruled("workspaces.update", (context, ...args: Parameters<Workspaces["update"]>) =>
  createWorkspaces(context).update(...args),
);
